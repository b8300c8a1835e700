import type { JobState } from "../../../core/job/state.js";
import type { AttemptRow, EndingRow, JobRow, OutputRow } from "../rows.js";
import type { None, Prepared } from "./prepared.js";

export interface JobStatements {
  readonly byId: Prepared<{ id: string }, JobRow>;
  /** In no order. */
  readonly allById: Prepared<{ ids: readonly string[] }, JobRow>;
  /** Ids that begin with `prefix`, in order. Its characters have no special meaning. */
  readonly idsWithPrefix: Prepared<{ prefix: string; limit: number }, { id: string }>;
  readonly states: Prepared<{ ids: readonly string[] }, { id: string; state: JobState }>;
  readonly countByState: Prepared<None, { state: JobState; count: number }>;
  /** Unfinished jobs whose options name the policy. */
  readonly withPolicy: Prepared<{ name: string; limit: number }, { id: string }>;
  /** Oldest first. */
  readonly attempts: Prepared<{ jobId: string }, AttemptRow>;
  readonly output: Prepared<{ fence: number }, OutputRow>;
  /** These fences up to `after`, and the newest `limit` beyond it; in no order. */
  readonly endings: Prepared<{ fences: readonly number[]; after: number; limit: number }, EndingRow>;
  /** Queues that have jobs or are configured, in order. */
  readonly queueNames: Prepared<{ limit: number }, { name: string }>;
  /** Of these fences, the ones whose attempt no longer exists. */
  readonly deletedAttempts: Prepared<{ fences: readonly number[] }, { fence: number }>;
}
