/** The role of the store that keeps queues. */
import type { Job } from "../../core/job/job.js";
import type { QueueLimits } from "../../core/limits/queue.js";
import type { JobCounts } from "./store.js";

export interface LimitedQueue {
  readonly name: string;
  readonly limits: QueueLimits;
}

/** A queue that has jobs, or was ever paused or given limits. */
export interface QueueRecord extends LimitedQueue {
  readonly paused: boolean;
  readonly jobs: JobCounts;
  /** Time since which its oldest due job has been due. Null: none is due. */
  readonly oldestDueAt: number | null;
}

/** What holds a due job back even if slots are free. */
export interface Hold {
  /** Whether its queue runs as many jobs as it may. */
  readonly queueFull: boolean;
  /** Time at which the rate of its queue allows another start. Null: now. */
  readonly nextStartAt: number | null;
  /** Whether its limit key has as many running jobs as it may. */
  readonly keyFull: boolean;
}

export interface QueueStore {
  /** Claims no more jobs from it; running jobs go on. Resolves to false if it was paused already. */
  pause(name: string): Promise<boolean>;
  /** Resolves to false if it was not paused. */
  resume(name: string): Promise<boolean>;
  /** Names of the paused queues, in order. */
  paused(): Promise<string[]>;
  /** Changes the given limits of a queue, from the next claim or insert on. Resolves to all limits then. */
  limit(name: string, changes: Partial<QueueLimits>): Promise<QueueLimits>;
  /** Queues with a limit, by name. */
  limited(): Promise<LimitedQueue[]>;
  /** Removes its limits, its pause, its hooks and its name, unless there are jobs in it. */
  remove(name: string): Promise<"removed" | "has jobs" | "unknown">;
  hold(job: Pick<Job, "queue" | "limitKey" | "limit">): Promise<Hold>;
  /** By name. */
  list(): Promise<QueueRecord[]>;
}
