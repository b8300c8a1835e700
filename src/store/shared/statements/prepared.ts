/**
 * A statement of a database's catalogue as shared logic sees it: parameters in, rows out, its text unseen.
 *
 * Parameters are numbers, strings, buffers, booleans, null, and lists of them. The catalogue decides how a list or a
 * boolean goes to the database. A parameter that is documented as JSON is text already, since its column holds that
 * text.
 */
import type { Work } from "../work.js";

export interface Prepared<P, R = never> {
  all(parameters: P): Work<R[]>;
  first(parameters: P): Work<R | undefined>;
  /** For a row that must exist. */
  one(parameters: P): Work<R>;
  /** Results in the number of changed rows. */
  run(parameters: P): Work<number>;
}

/** The parameters of a statement without any. */
export type None = Record<never, never>;
