import type { None, Prepared } from "./prepared.js";

/**
 * Limits of queues and limit keys. What runs is counted in the rows that run, so that nothing leaks when a process is
 * killed.
 */
export interface LimitStatements {
  /** Jobs with this limit key that are processing. */
  readonly runningWithKey: Prepared<{ limitKey: string }, { count: number }>;
  /** Of each queue that has a limit of what may run or start. */
  readonly capacities: Prepared<{ now: number }, CapacityRow>;
  /** As `first_start_at`, of the starts that are left without the `older` oldest. */
  readonly startAfter: Prepared<{ queue: string; older: number; now: number }, { started_at: number }>;
  /** If the queue has a rate. */
  readonly recordStart: Prepared<{ queue: string; fence: number; now: number }>;
  /** The starts that do not count for the queue's rate any more. */
  readonly forgetOldStarts: Prepared<{ queue: string; now: number }>;
  readonly park: Prepared<{ seq: number }>;
  readonly unpark: Prepared<{ seqs: readonly number[] }>;
  /**
   * Of each group of a key's parked jobs, equal in queue and limit, that has room for another job: the `count` best are
   * unparked.
   */
  readonly unparkBest: Prepared<{ limitKey: string; count: number }>;
  /** Of these jobs, the limit keys of the ones that may be claimed as soon as they are due. */
  readonly keysOfWaiting: Prepared<{ ids: readonly string[] }, { limit_key: string }>;
  /** The best parked jobs that their key has room for, one of each key, queue and limit. `queues` null: every queue. */
  readonly parkedWithRoom: Prepared<{ queues: readonly string[] | null }, { seq: number; queue: string }>;
  /** The queues with a greatest length, and how many jobs wait in each. */
  readonly lengths: Prepared<None, { queue: string; waiting: number; max_length: number }>;
}

/** What a queue that has limits has left of them. Null: no such limit. */
export interface CapacityRow {
  queue: string;
  slots: number | null;
  starts: number | null;
  rate_ms: number | null;
  /**
   * The oldest start that counts; it does for `rate_ms`. If more count than may, as after the rate was lowered, the one
   * whose end makes room.
   */
  first_start_at: number | null;
}
