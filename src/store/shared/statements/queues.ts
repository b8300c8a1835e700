import type { JobState } from "../../../core/job/state.js";
import type { Flag } from "../rows.js";
import type { None, Prepared } from "./prepared.js";

export interface QueueStatements {
  /** Changes no row if it is paused already; so does {@link resume} if it is not. */
  readonly pause: Prepared<{ name: string }>;
  readonly resume: Prepared<{ name: string }>;
  /** In order. */
  readonly paused: Prepared<None, { name: string }>;
  /** Queues that have or had jobs or are configured, by name. */
  readonly all: Prepared<None, { name: string; paused: Flag } & LimitColumns>;
  /** A pair without jobs may be missing, or there with 0. */
  readonly counts: Prepared<None, { queue: string; state: JobState; count: number }>;
  readonly limits: Prepared<{ name: string }, LimitColumns>;
  /** Adds the queue's row if it has none; so does {@link putHooks}. */
  readonly putLimits: Prepared<{ name: string } & LimitColumns>;
  /** By name. */
  readonly limited: Prepared<None, { name: string } & LimitColumns>;
  /** Jobs of a queue in any state. */
  readonly countJobs: Prepared<{ name: string }, { jobs: number }>;
  /** Changes no row if it is not configured. */
  readonly remove: Prepared<{ name: string }>;
  /** Changes no row if it never had jobs. */
  readonly forgetCounts: Prepared<{ name: string }>;
  /** Forgets the starts that count for the queue's rate. */
  readonly forgetStarts: Prepared<{ name: string }>;
  readonly hooks: Prepared<{ name: string }, HookColumns>;
  readonly putHooks: Prepared<{ name: string } & HookColumns>;
}

export interface HookColumns {
  /** JSON, a list of hooks. Null: none. */
  hooks: string | null;
  /** Signs the webhooks of its jobs. Null: they are not signed. */
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
