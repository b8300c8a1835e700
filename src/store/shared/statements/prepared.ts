/**
 * A statement of a database's catalogue as shared logic sees it: parameters in, rows out, the text unseen.
 *
 * Parameters are numbers, strings, buffers, booleans, null, and lists of them. How a list or a boolean goes to the database is
 * the catalogue's business. A parameter that is documented as JSON is text already, since its column holds that text.
 */
export interface Prepared<P, R = never> {
  all(db: Runner, parameters: P): Promise<R[]>;
  first(db: Runner, parameters: P): Promise<R | undefined>;
  /** Where a row must be there. */
  one(db: Runner, parameters: P): Promise<R>;
  /** Resolves to how many rows were changed. */
  run(db: Runner, parameters: P): Promise<number>;
}

/** The parameters of a statement that has none. */
export type None = Record<never, never>;

/** Where statements run: outside of a transaction each for itself, or in the one that is under way. */
export interface Runner {
  run<R>(query: Query): Promise<Answer<R>>;
}

/** A statement's text with its values, both as the database wants them. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export interface Answer<R> {
  readonly rows: R[];
  /** Rows that were changed. */
  readonly changes: number;
}
