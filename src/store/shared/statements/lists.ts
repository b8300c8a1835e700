import type { Search } from "../graph/narrow.js";
import type { JobRow } from "../rows.js";
import type { Work } from "../work.js";
import type { None, Prepared } from "./prepared.js";

/** Statements that are put together from a search; its values are in them. */
export interface ListStatements {
  /** The jobs of the search, in its order. */
  find(search: Search): Prepared<None, JobRow>;
  /** Number of jobs in {@link find}. */
  count(search: Search): Prepared<None, { count: number }>;
  /** Numbers of the jobs in {@link find}, in its order. There may be a million. */
  seqs(search: Search): Work<number[]>;
  /** Of the jobs with these numbers, the ones that match the search, in no order. */
  findAmong(seqs: readonly number[], search: Search): Prepared<None, JobRow>;
  /** Of the jobs with these numbers, the blocked ones, in no order. */
  readonly blockedAmong: Prepared<{ seqs: readonly number[] }, JobRow>;
}
