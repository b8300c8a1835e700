import type { Search } from "../graph/narrow.js";
import type { JobRow } from "../rows.js";
import type { None, Prepared, Runner } from "./prepared.js";

/** The statements that are put together from what is asked for; the values of the search are in them. */
export interface ListStatements {
  /** The jobs of the search, in its order. */
  find(search: Search): Prepared<None, JobRow>;
  /** How many {@link find} has. */
  count(search: Search): Prepared<None, { count: number }>;
  /** The numbers of the jobs that {@link find} has, in its order. There may be a million. */
  seqs(db: Runner, search: Search): Promise<number[]>;
  /** Of the jobs with these numbers, the ones that match the search, in no order. */
  findAmong(seqs: readonly number[], search: Search): Prepared<None, JobRow>;
  /** Of the jobs with these numbers, the blocked ones, in no order. */
  readonly blockedAmong: Prepared<{ seqs: readonly number[] }, JobRow>;
}
