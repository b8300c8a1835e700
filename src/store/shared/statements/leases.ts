import type { JobRow, LeaseRow, RunningRow } from "../rows.js";
import type { None, Prepared } from "./prepared.js";

/** Statements about leases, which are the processing jobs. */
export interface LeaseStatements {
  /** The fences that are still held. */
  readonly renew: Prepared<
    { fences: readonly number[]; expiresAt: number; leaseMs: number; now: number },
    { fence: number }
  >;
  /** For a running attempt. */
  readonly recordPid: Prepared<{ fence: number; pid: number }>;
  /** If the lease is held. */
  readonly recordProgress: Prepared<{
    jobId: string;
    fence: number;
    percent: number;
    message: string | null;
    now: number;
  }>;
  readonly cancellationsOf: Prepared<{ workerId: string }, { fence: number; reason: string | null }>;
  /** Oldest first, as {@link running}. */
  readonly of: Prepared<{ workerIds: readonly string[] }, LeaseRow>;
  readonly running: Prepared<{ workerIds: readonly string[] }, RunningRow>;
  /** Leases of which half or more is over, the ones that run out first. */
  readonly overdue: Prepared<{ now: number; limit: number }, LeaseRow>;
  readonly countByWorker: Prepared<None, { worker_id: string; count: number }>;
  readonly held: Prepared<{ fences: readonly number[] }, { fence: number }>;
  /** Of these fences, the ones whose job is wanted cancelled, or is in a queue that is paused or limits its jobs. */
  readonly withdrawn: Prepared<{ fences: readonly number[] }, { fence: number }>;
  /**
   * Makes the job pending, with the traces of its attempt before this one. No row: the lease is not held.
   * `ifRenewals` null: at any count.
   */
  readonly undoClaim: Prepared<
    { jobId: string; fence: number; ifRenewals: number | null; now: number },
    Pick<JobRow, "id" | "queue" | "limit_key">
  >;
  readonly deleteAttempt: Prepared<{ fence: number }>;
}
