import type { JobRow, RunningRow } from "../rows.js";
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
  readonly of: Prepared<{ workerIds: readonly string[] }, JobRow>;
  readonly running: Prepared<{ workerIds: readonly string[] }, RunningRow>;
  /** Leases of which half or more is over, the ones that run out first. */
  readonly overdue: Prepared<{ now: number; limit: number }, JobRow>;
  readonly countByWorker: Prepared<None, { worker_id: string; count: number }>;
  readonly held: Prepared<{ fences: readonly number[] }, { fence: number }>;
}
