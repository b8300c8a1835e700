/** The role of the store that workers and the reaper use: take, keep, end and see leases. See `store.ts`. */
import type { Decision } from "../../core/job/decide.js";
import type { Job } from "../../core/job/job.js";
import type { Outcome } from "../../core/job/outcome.js";
import type { AttemptOutput } from "./store.js";

export interface ClaimRequest {
  readonly workerId: string;
  /** Null: every queue. */
  readonly queues: readonly string[] | null;
  readonly limit: number;
  readonly leaseMs: number;
}

export interface ClaimedJob extends Job {
  /** The number of this attempt in the job's history, from 1. */
  readonly attempt: number;
}

export interface Claim {
  /** By priority, then by `runAt`, then by age. Paused queues are left alone. */
  readonly jobs: readonly ClaimedJob[];
  /**
   * When the next job that is not due yet will be; null: there is none. It says nothing of jobs that are due and did not fit
   * into the limit: as many jobs as asked for means that there may be more.
   */
  readonly nextDueAt: number | null;
}

/** The end of an attempt: what is written when a worker settles a job, or the reaper reclaims it. */
export interface Settlement {
  readonly jobId: string;
  readonly fence: number;
  readonly outcome: Outcome;
  readonly decision: Decision;
  readonly pid?: number | null;
  readonly output?: AttemptOutput;
  /** What the attempt left as its result, as JSON text. */
  readonly result?: string | null;
  /** Why it failed, in the job's own words: takes the place of ours. */
  readonly reason?: string | null;
  /** Something about the attempt that is to be known beside how it ended; goes with the attempt's error. */
  readonly remark?: string | null;
  /** Only if the lease has not been renewed since it was seen with this count: what a reaper of silent workers demands. */
  readonly ifRenewals?: number;
}

export interface SettledAndClaimed {
  readonly settled: readonly boolean[];
  readonly claim: Claim;
}

/** How far a running attempt says that it is. */
export interface Progress {
  /** 0 to 100. */
  readonly percent: number;
  readonly message: string | null;
}

/** A lease as the reaper sees it. */
export interface Lease {
  readonly job: Job;
  readonly workerId: string;
  readonly fence: number;
  readonly expiresAt: number;
  /** Length in milliseconds that its owner asked for, at the claim or at the last renewal. */
  readonly leaseMs: number;
  /** Grows by one with every renewal. */
  readonly renewals: number;
}

/** A job that is processing, as far as a look at its worker needs it. */
export interface RunningJob extends Pick<Job, "id" | "fence" | "progress" | "progressMessage"> {
  readonly workerId: string;
}

export interface LeaseStore {
  /**
   * Takes jobs that are due: fence new, attempts + 1, an attempt row, a lease. Cheap when there is nothing to take: no
   * write lock, no write.
   */
  claim(request: ClaimRequest): Promise<Claim>;
  /** Extends leases. Resolves to the fences that are still held; for the others, somebody else has decided. */
  renew(fences: readonly number[], leaseMs: number): Promise<number[]>;
  /**
   * Ends attempts, all in one transaction. For each, in order: true if it was written; false if the lease was no longer
   * held (another fence, another state, renewed), so that nothing was. False is an answer, not an error.
   *
   * A job whose cancellation was requested is not run again: a decision to retry or release it becomes `cancel`.
   */
  settle(settlements: readonly Settlement[]): Promise<boolean[]>;
  /**
   * {@link settle} and then {@link claim}, in one transaction and so with one wait for the disk: what a busy worker does
   * between two jobs.
   */
  settleAndClaim(settlements: readonly Settlement[], request: ClaimRequest): Promise<SettledAndClaimed>;
  /** Records the pid of a running attempt; nothing if it is over. Not synced: a pid means nothing after a power cut. */
  started(fence: number, pid: number): Promise<void>;
  /** Of a running attempt; false, and nothing written, if it is over. Not synced. Gone when the next attempt begins. */
  progress(jobId: string, fence: number, progress: Progress): Promise<boolean>;
  /** Of the leases that this worker holds, the ones whose job somebody wants cancelled. */
  cancellations(workerId: string): Promise<{ readonly fence: number; readonly reason: string | null }[]>;
  /** The leases of these workers, oldest first. */
  of(workerIds: readonly string[]): Promise<Lease[]>;
  /** The jobs of the same leases, without what only a reaper needs. */
  running(workerIds: readonly string[]): Promise<RunningJob[]>;
  /**
   * Leases that have missed a renewal, since half of their time or more is over, on the store's clock; at most `limit`, the ones
   * that run out first. An owner that is well renews its leases before that, so there are few.
   */
  overdue(limit: number): Promise<Lease[]>;
  /** How many leases each worker holds; a worker without one is left out. */
  countByWorker(): Promise<ReadonlyMap<string, number>>;
  /** Of these fences, the ones whose lease is held. */
  held(fences: readonly number[]): Promise<number[]>;
  /**
   * Whether there is work of these queues, or of any for null, that a drain waits for: a job that is due, that is processing,
   * or that waits for its retry. What waits in a paused queue does not count, since nobody will claim it.
   */
  workRemains(queues: readonly string[] | null): Promise<boolean>;
  /** How many jobs that are. Reads every waiting job, so it is for those who watch, and not too often. */
  remaining(queues: readonly string[] | null): Promise<number>;
  /**
   * How many due jobs of these queues, or of any for null, a claim takes before this one; those in paused queues do not count.
   * Reads every waiting job at worst, so it is for a person who asks.
   */
  ahead(job: Job, queues: readonly string[] | null): Promise<number>;
}
