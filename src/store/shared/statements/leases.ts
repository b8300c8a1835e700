import type { JobRow } from "../rows.js";
import type { None, Prepared } from "./prepared.js";

/** The leases are the processing jobs. */
export interface LeaseStatements {
  /** The fences that are still held. */
  readonly renew: Prepared<{ fences: readonly number[]; expiresAt: number; now: number }, { fence: number }>;
  /** Of a running attempt. */
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
  /** Oldest first, as {@link of}. */
  readonly all: Prepared<None, JobRow>;
  readonly of: Prepared<{ workerId: string }, JobRow>;
}
