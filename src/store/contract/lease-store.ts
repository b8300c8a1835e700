/** The role of the store for workers and the reaper: take, keep, end and list leases. See `store.ts`. */
import type { Decision } from "../../core/job/decide.js";
import type { Job } from "../../core/job/job.js";
import type { Outcome } from "../../core/job/outcome.js";
import type { AttemptOutput } from "./output.js";

export interface ClaimRequest {
  readonly workerId: string;
  /** Null: every queue. */
  readonly queues: readonly string[] | null;
  /** Number of free slots. */
  readonly limit: number;
  /**
   * Further jobs that it will begin in a moment, claimed ahead. They are marked, so that a claim can be undone of which
   * no command came, see {@link LeaseStore.unclaim}. No job with a limit key or in a queue with limits is claimed
   * ahead, nor is one that comes after it. Left out: 0.
   */
  readonly ahead?: number;
  readonly leaseMs: number;
}

export interface ClaimedJob extends Job {
  /** Number of this attempt in the job's history, from 1. */
  readonly attempt: number;
  /** Whether it was claimed ahead of a free slot. */
  readonly ahead: boolean;
}

export interface Claim {
  /** By priority, then by `runAt`, then by age. Paused queues are skipped. */
  readonly jobs: readonly ClaimedJob[];
  /**
   * Time at which the next job becomes due. Null: there is none. It ignores due jobs that did not fit into the limit:
   * if as many jobs were claimed as asked for, there may be more.
   */
  readonly nextDueAt: number | null;
}

/** The record of an attempt's end, from the worker that settles the job or the reaper that reclaims it. */
export interface Settlement {
  readonly jobId: string;
  readonly fence: number;
  readonly outcome: Outcome;
  readonly decision: Decision;
  readonly pid?: number | null;
  /** Time at which the worker began a job claimed ahead, on the store's clock. Left out: the time of the claim. */
  readonly startedAt?: number;
  readonly output?: AttemptOutput;
  /** Result of the attempt, as JSON text. */
  readonly result?: string | null;
  /** The reason for its failure, in the job's own words or with its last ones; replaces ours. */
  readonly reason?: string | null;
  /** A remark besides the outcome; added to the attempt's error. */
  readonly remark?: string | null;
  /** Renewal count at which the lease must still be. For a reaper of silent workers. */
  readonly ifRenewals?: number;
}

export interface SettledAndClaimed {
  readonly settled: readonly boolean[];
  readonly claim: Claim;
}

/** Progress that a running attempt reports. */
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
  /** Length that its owner asked for at the claim or the last renewal, in milliseconds. */
  readonly leaseMs: number;
  /** Grows by one with every renewal. */
  readonly renewals: number;
  /** Whether the job was claimed ahead. Its command may have begun meanwhile. */
  readonly ahead: boolean;
  /** Pid of the command, if it is recorded. */
  readonly pid: number | null;
}

/** A claim whose command has not begun. */
export interface UnusedClaim {
  readonly jobId: string;
  readonly fence: number;
  /** Renewal count at which the lease must still be. For a reaper of silent workers. */
  readonly ifRenewals?: number;
}

/** The parts of a processing job that a look at its worker needs. */
export interface RunningJob extends Pick<Job, "id" | "fence" | "progress" | "progressMessage"> {
  readonly workerId: string;
}

export interface LeaseStore {
  /**
   * Claims due jobs: new fence, attempts + 1, an attempt row, a lease. If there is no due job, it is cheap: no write
   * lock, no write.
   */
  claim(request: ClaimRequest): Promise<Claim>;
  /** Extends leases. Resolves to the fences that are still held. For the others another process has decided. */
  renew(fences: readonly number[], leaseMs: number): Promise<number[]>;
  /**
   * Ends attempts, all in one transaction. For each, in order: true if it was written; false if the lease was no longer
   * held (another fence, another state, renewed) and nothing was written. False is an answer, not an error. If the
   * answer to a call was lost, the same settlement again is answered with true, and written once.
   *
   * If a job's cancellation was requested, it does not run again: a decision to retry or release it becomes `cancel`.
   */
  settle(settlements: readonly Settlement[]): Promise<boolean[]>;
  /**
   * {@link settle} and then {@link claim} in one transaction, and so with one wait for the disk. For a busy worker
   * between two jobs.
   */
  settleAndClaim(settlements: readonly Settlement[], request: ClaimRequest): Promise<SettledAndClaimed>;
  /**
   * Undoes claims of jobs whose command has not begun, all in one transaction. It leaves no attempt and no trace in a
   * limit; the job is pending at its old place, and shows its attempt before. Nothing is counted. For each, in order:
   * false if the lease was no longer held, and nothing was written. If its cancellation was requested, the job is
   * cancelled.
   */
  unclaim(claims: readonly UnusedClaim[]): Promise<boolean[]>;
  /**
   * Of these fences, the ones whose job should not begin now: its cancellation was requested, or its queue was paused or
   * limited since the claim.
   */
  withdrawn(fences: readonly number[]): Promise<number[]>;
  /**
   * Records the pid of a running attempt. Does nothing if it is over. Not synced: a pid means nothing after a power
   * cut.
   */
  started(fence: number, pid: number): Promise<void>;
  /**
   * Records the progress of a running attempt. False: the attempt is over, and nothing was written. Not synced. Cleared
   * when the next attempt begins.
   */
  progress(jobId: string, fence: number, progress: Progress): Promise<boolean>;
  /** This worker's leases whose job's cancellation was requested. */
  cancellations(workerId: string): Promise<{ readonly fence: number; readonly reason: string | null }[]>;
  /** The leases of these workers, oldest first. */
  of(workerIds: readonly string[]): Promise<Lease[]>;
  /** The jobs of the same leases, without the parts that only a reaper needs. */
  running(workerIds: readonly string[]): Promise<RunningJob[]>;
  /**
   * Leases that have missed a renewal: half of their time or more is over on the store's clock. At most `limit`, the
   * ones that run out first. A healthy owner renews earlier, so there are few.
   */
  overdue(limit: number): Promise<Lease[]>;
  /** Number of leases of each worker. A worker without one is left out. */
  countByWorker(): Promise<ReadonlyMap<string, number>>;
  /** Of these fences, the ones whose lease is held. */
  held(fences: readonly number[]): Promise<number[]>;
  /**
   * Whether a drain of these queues (null: of every queue) still has work: a job that is due, is processing, or waits
   * for its retry. Jobs in a paused queue do not count, since no worker will claim them.
   */
  workRemains(queues: readonly string[] | null): Promise<boolean>;
  /** Number of those jobs. Reads every waiting job, so it is for progress bars, at a low rate. */
  remaining(queues: readonly string[] | null): Promise<number>;
  /**
   * Number of due jobs of these queues (null: of every queue) that a claim takes before this one, without paused
   * queues. Reads every waiting job at worst, so it is for a user's question.
   */
  ahead(job: Job, queues: readonly string[] | null): Promise<number>;
}
