/** The facts needed to explain why a job does not run, and the explanation. */
import type { Origin } from "../../config/config.js";
import type { ResolvedJob } from "../../core/job/job.js";
import type { Hold, StoredDependency } from "../../store/contract/store.js";
import type { Culprit } from "../jobs/culprits.js";
import type { Job } from "../jobs/job.js";
import type { SupervisorStatus, WorkerStatus } from "../status.js";

export interface Facts {
  readonly job: ResolvedJob;
  readonly now: number;
  /** Pid of the newest attempt's command. Null: not known. */
  readonly pid: number | null;
  /** Whether the cancellation of the running attempt was requested. */
  readonly cancelRequested: boolean;
  readonly queuePaused: boolean;
  /** The one that is most likely to run a job. */
  readonly supervisor: SupervisorStatus;
  /** Names of the pools that run. The supervisor's is the first one. */
  readonly pools: readonly string[];
  readonly workers: readonly WorkerStatus[];
  /** Number of due jobs that a worker takes before this one. */
  readonly ahead: number;
  /** Why no job can start on the home's disk. Null: it has room. */
  readonly diskShortage: string | null;
  /** Limits that are in full use. Null: the job is not due. */
  readonly hold: Hold | null;
  /** Dependencies that are not yet met. */
  readonly waitsFor: readonly StoredDependency[];
  /** Jobs whose ends keep it from running, or killed it. */
  readonly culprits: readonly Culprit[];
  /** Whether its newest attempt ran out of time. */
  readonly timedOut: boolean;
  /** Where its time limit comes from. */
  readonly timeoutFrom: "job" | "policy" | Origin;
  /** Jobs that its queue may run at a time. Null: no limit. */
  readonly queueConcurrency: number | null;
  /**
   * The job stayed dead when its parent was retried, because another job held its unique key. `holder`: the job that
   * holds it now. Null: no such case.
   */
  readonly keptDead: { readonly holder: string | null } | null;
}

/** For programs. */
export type ReasonCode =
  | "completed"
  | "time_limit"
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
  /** The remedy. */
  readonly hint?: string;
}

export interface Explanation {
  readonly job: Job;
  readonly reasons: readonly Reason[];
}
