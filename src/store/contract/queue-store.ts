/** The role of the store that knows of queues. */
import type { Job } from "../../core/job/job.js";
import type { QueueLimits } from "../../core/limits/queue.js";
import type { JobCounts } from "./store.js";

export interface LimitedQueue {
  readonly name: string;
  readonly limits: QueueLimits;
}

/** A queue that has jobs, or that somebody has paused or given limits once. */
export interface QueueRecord extends LimitedQueue {
  readonly paused: boolean;
  readonly jobs: JobCounts;
  /** Since when its oldest due job has been; null: none is due. */
  readonly oldestDueAt: number | null;
}

/** What keeps a due job back though there may be free slots. */
export interface Hold {
  /** As many jobs of its queue run as may. */
  readonly queueFull: boolean;
  /** When the rate of its queue allows another start; null: it does now. */
  readonly nextStartAt: number | null;
  /** As many jobs with its limit key run as may. */
  readonly keyFull: boolean;
}

export interface QueueStore {
  /** From now on nothing is claimed from it; what runs goes on. Resolves to false if it was paused already. */
  pause(name: string): Promise<boolean>;
  /** Resolves to false if it was not paused. */
  resume(name: string): Promise<boolean>;
  /** The names of those that are paused, in order. */
  paused(): Promise<string[]>;
  /** Changes those limits of a queue that are given, from the next claim or insert on. Resolves to what holds then. */
  limit(name: string, changes: Partial<QueueLimits>): Promise<QueueLimits>;
  /** Those that have a limit, by name. */
  limited(): Promise<LimitedQueue[]>;
  hold(job: Pick<Job, "queue" | "limitKey" | "limit">): Promise<Hold>;
  /** By name. */
  list(): Promise<QueueRecord[]>;
}
