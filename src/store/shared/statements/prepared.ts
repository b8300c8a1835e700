/**
 * A statement of a database's catalogue as shared logic sees it: parameters in, rows out, its text unseen.
 *
 * Parameters are numbers, strings, buffers, booleans, null, and lists of them. The catalogue decides how a list or a
 * boolean goes to the database. A parameter that is documented as JSON is text already, since its column holds that
 * text.
 */
export interface Prepared<P, R = never> {
  all(db: Runner, parameters: P): Promise<R[]>;
  first(db: Runner, parameters: P): Promise<R | undefined>;
  /** For a row that must exist. */
  one(db: Runner, parameters: P): Promise<R>;
  /** Resolves to the number of changed rows. */
  run(db: Runner, parameters: P): Promise<number>;
}

/** The parameters of a statement without any. */
export type None = Record<never, never>;

/** Runs statements: outside a transaction each for itself, or in the current one. */
export interface Runner {
  run<R>(query: Query): Promise<Answer<R>>;
}

/** A statement's text with its values, both in the database's form. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export interface Answer<R> {
  readonly rows: R[];
  /** Number of changed rows. */
  readonly changes: number;
}
