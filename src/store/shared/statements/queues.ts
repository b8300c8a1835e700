import type { JobState } from "../../../core/job/state.js";
import type { Flag } from "../rows.js";
import type { None, Prepared } from "./prepared.js";

export interface QueueStatements {
  /** No row is changed if it is paused already; as {@link resume}. */
  readonly pause: Prepared<{ name: string }>;
  readonly resume: Prepared<{ name: string }>;
  /** In order. */
  readonly paused: Prepared<None, { name: string }>;
  /** The queues that have or had jobs or are configured, in the order of their names. */
  readonly all: Prepared<None, { name: string; paused: Flag } & LimitColumns>;
  /** A pair that has no jobs may be missing, or there with 0. */
  readonly counts: Prepared<None, { queue: string; state: JobState; count: number }>;
  readonly limits: Prepared<{ name: string }, LimitColumns>;
  /** Configures the queue if it was not yet; as {@link putHooks}. */
  readonly putLimits: Prepared<{ name: string } & LimitColumns>;
  /** In the order of their names. */
  readonly limited: Prepared<None, { name: string } & LimitColumns>;
  /** Forgets what counts for the queue's rate. */
  readonly forgetStarts: Prepared<{ name: string }>;
  readonly hooks: Prepared<{ name: string }, HookColumns>;
  readonly putHooks: Prepared<{ name: string } & HookColumns>;
}

export interface HookColumns {
  /** JSON, a list of hooks; null: none. */
  hooks: string | null;
  /** Signs the webhooks of its jobs; null: they are not signed. */
  webhook_secret: string | null;
}

/** Null: no such limit. */
export interface LimitColumns {
  /** Jobs of the queue that may run at a time. */
  concurrency: number | null;
  /** Jobs of the queue that may start within `rate_ms` milliseconds. */
  rate_count: number | null;
  rate_ms: number | null;
  /** Jobs that may wait in the queue. */
  max_length: number | null;
}
