/** What must be known to say why a job does not run, and what is said. */
import type { ResolvedJob } from "../../core/job/job.js";
import type { Hold, StoredDependency } from "../../store/contract/store.js";
import type { Job } from "../jobs/job.js";
import type { SupervisorStatus, WorkerStatus } from "../status.js";

export interface Facts {
  readonly job: ResolvedJob;
  readonly now: number;
  /** Of the newest attempt's command. */
  readonly pid: number | null;
  /** Somebody wants the attempt that runs to end. */
  readonly cancelRequested: boolean;
  readonly queuePaused: boolean;
  readonly supervisor: SupervisorStatus;
  readonly workers: readonly WorkerStatus[];
  /** How many due jobs a worker takes before this one. */
  readonly ahead: number;
  /** Of the disk that the home is on. */
  readonly freeBytes: number;
  /** Limits that are in full use; null: it is not due. */
  readonly hold: Hold | null;
  /** What a blocked job waits for, without what has come already. */
  readonly waitsFor: readonly StoredDependency[];
  /** What it had died of was retried, but another job had its unique key: who has that now. */
  readonly keptDead: { readonly holder: string | null } | null;
}

/** For programs. */
export type ReasonCode =
  | "completed"
  | "dead"
  | "cancelled"
  | "processing"
  | "cancelling"
  | "worker_dead"
  | "blocked"
  | "scheduled"
  | "waiting_for_retry"
  | "retry_due"
  | "queue_paused"
  | "no_supervisor"
  | "supervisor_starting"
  | "supervisor_stopping"
  | "supervisor_degraded"
  | "no_worker"
  | "queue_not_served"
  | "slots_busy"
  | "queue_full"
  | "queue_rate"
  | "limit_key_full"
  | "jobs_before"
  | "disk_full"
  | "due";

export interface Reason {
  readonly code: ReasonCode;
  /** One line about the job: "it is scheduled for …". */
  readonly message: string;
  /** What to do. */
  readonly hint?: string;
}

export interface Explanation {
  readonly job: Job;
  readonly reasons: readonly Reason[];
}
