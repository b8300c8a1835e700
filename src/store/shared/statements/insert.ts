import type { UniqueConflict } from "../../../core/job/schema.js";
import type { JobState } from "../../../core/job/state.js";
import type { NewJob } from "../../contract/store.js";
import type { Chunk } from "../connection.js";
import type { OutputFiles } from "../rows.js";
import type { Work } from "../work.js";
import type { None, Prepared } from "./prepared.js";

type Jobs = Pick<Chunk, "jobs">;

/** Statements for new jobs. `jobs` is that of a {@link Chunk}. */
export interface InsertStatements {
  /** The jobs in the form of these statements. */
  chunks(jobs: readonly NewJob[]): Iterable<Chunk>;
  /** The greatest `seq` so far, also of deleted jobs; 0 if there is none. */
  readonly newestSeq: Prepared<None, { seq: number }>;
  /** Leaves out jobs whose id or unique key is taken: then fewer rows change than there are jobs. */
  readonly insertMixed: Prepared<Jobs & { now: number }>;
  /** As {@link insertMixed}, for a chunk whose jobs have something in common. */
  readonly insertAlike: Prepared<Pick<Chunk, "jobs" | "common"> & { now: number }>;
  /**
   * As {@link insertMixed}, for jobs that replace others of the same chunk. The replaced ones are written as cancelled, so
   * that their keys are free. `errors`: for each job why it is cancelled. Null: it is not.
   */
  readonly insertWithReplaced: Prepared<Jobs & { now: number; errors: readonly (string | null)[] }>;
  /**
   * In their order, each with the stored job that has its id and the one that holds its unique key, if these are not
   * newer than `newest`.
   */
  readonly applicants: Prepared<Jobs & { newest: number }, ApplicantRow>;
  /** The chunk without the jobs at these indexes, counted from 0. */
  without(jobs: Chunk["jobs"], indexes: readonly number[]): Work<Chunk["jobs"]>;
  idsOf(jobs: Chunk["jobs"]): Work<readonly string[]>;
  /** Output files of the stored jobs whose ids the chunk has. Null: this database has no output in files. */
  readonly outputFilesOfReplaced: Prepared<Jobs, OutputFiles> | null;
  /** Deletes the stored jobs whose ids the chunk has, except processing ones and jobs newer than `newest`. */
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
