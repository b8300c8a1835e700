import type { None, Prepared } from "./prepared.js";

/**
 * Statements about limits of queues and limit keys. Running jobs are counted in their rows, so that a kill leaves no
 * wrong count.
 */
export interface LimitStatements {
  /** Number of processing jobs with this limit key. */
  readonly runningWithKey: Prepared<{ limitKey: string }, { count: number }>;
  /** For each queue that limits running or starting jobs. */
  readonly capacities: Prepared<{ now: number }, CapacityRow>;
  /** As `first_start_at`, without the `older` oldest starts. */
  readonly startAfter: Prepared<{ queue: string; older: number; now: number }, { started_at: number }>;
  /** Only if the queue has a rate. */
  readonly recordStart: Prepared<{ queue: string; fence: number; now: number }>;
  /** Deletes the starts that no longer count for the queue's rate. */
  readonly forgetOldStarts: Prepared<{ queue: string; now: number }>;
  /** As if the job had not started. */
  readonly forgetStart: Prepared<{ queue: string; fence: number }>;
  readonly park: Prepared<{ seq: number }>;
  readonly unpark: Prepared<{ seqs: readonly number[] }>;
  /**
   * Unparks the `count` best jobs of each group of a key's parked jobs, equal in queue and limit, that has room for
   * another job.
   */
  readonly unparkBest: Prepared<{ limitKey: string; count: number }>;
  /** Of these jobs, the limit keys of the ones that can be claimed as soon as they are due. */
  readonly keysOfWaiting: Prepared<{ ids: readonly string[] }, { limit_key: string }>;
  /**
   * The best parked jobs that their key has room for, one for each key, queue and limit. `queues` null: every queue.
   */
  readonly parkedWithRoom: Prepared<{ queues: readonly string[] | null }, { seq: number; queue: string }>;
  /** Queues with a greatest length, each with the number of waiting jobs. */
  readonly lengths: Prepared<None, { queue: string; waiting: number; max_length: number }>;
}

/** The unused part of a queue's limits. Null: no such limit. */
export interface CapacityRow {
  queue: string;
  slots: number | null;
  starts: number | null;
  rate_ms: number | null;
  /**
   * Oldest start that counts; it counts for `rate_ms`. If more starts count than the rate allows (it was lowered), the
   * start whose end makes room.
   */
  first_start_at: number | null;
}
