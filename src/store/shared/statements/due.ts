import type { Flag, JobRow } from "../rows.js";
import type { Prepared } from "./prepared.js";

/** Statements about waiting and due jobs. `queues` null: every queue. */
export interface DueStatements {
  /** The pending job that has been due longest. */
  readonly oldest: Prepared<{ now: number }, JobRow>;
  /** For each queue, the time since which a pending job has been due. */
  readonly oldestOfQueues: Prepared<{ now: number }, { queue: string; due_at: number }>;
  /** See `LeaseStore.workRemains`. */
  readonly workRemains: Prepared<Due, { remains: Flag }>;
  /** As {@link workRemains}, counted. */
  readonly countRemaining: Prepared<Due, { count: number }>;
  /** The due jobs that a claim takes before the one at this place in the order of claims. */
  readonly countAhead: Prepared<Due & { id: string; priority: number; runAt: number }, { count: number }>;
}

interface Due {
  queues: readonly string[] | null;
  now: number;
}
