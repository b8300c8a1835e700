import type { UniqueConflict } from "../../../core/job/schema.js";
import type { JobState } from "../../../core/job/state.js";
import type { NewJob } from "../../contract/store.js";
import type { Chunk } from "../connection.js";
import type { OutputFiles } from "../rows.js";
import type { None, Prepared } from "./prepared.js";

type Jobs = Pick<Chunk, "jobs">;

/** How new jobs come in. `jobs` is that of a {@link Chunk}. */
export interface InsertStatements {
  /** The jobs in the form that these statements take. */
  chunks(jobs: readonly NewJob[]): Iterable<Chunk>;
  /** Every job that is there, or ever was, has a lower one than the next; 0 if there is none. */
  readonly newestSeq: Prepared<None, { seq: number }>;
  /** Leaves out the jobs whose id or unique key is taken: fewer rows are changed than there are jobs. */
  readonly insert: Prepared<Jobs & { now: number }>;
  /**
   * The same, where jobs replace others of the same chunk: the replaced ones are written as cancelled, so that their keys are free.
   * `errors` has for each job null, or why it is cancelled.
   */
  readonly insertWithReplaced: Prepared<Jobs & { now: number; errors: readonly (string | null)[] }>;
  /** In their order, with the job that has the id of each and the one that has its unique key, if these are not newer than `newest`. */
  readonly applicants: Prepared<Jobs & { newest: number }, ApplicantRow>;
  /** The chunk without the jobs at these places, which count from 0. */
  readonly without: Prepared<Jobs & { places: readonly number[] }, Jobs>;
  readonly idsOf: Prepared<Jobs, { id: string }>;
  /** Of the stored jobs whose ids the chunk has. */
  readonly outputFilesOfReplaced: Prepared<Jobs, OutputFiles>;
  /** Deletes the stored jobs whose ids the chunk has: not processing ones, and none that is newer than `newest`. */
  readonly deleteReplaced: Prepared<Jobs & { newest: number }>;
}

export interface ApplicantRow {
  id: string;
  key: string | null;
  onConflict: UniqueConflict;
  namesakeSeq: number | null;
  namesakeState: JobState | null;
  holder: string | null;
  holderState: JobState | null;
}
