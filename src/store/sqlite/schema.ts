/**
 * The tables as Kysely knows them; `migrations/` creates them and says why they are so. JSON columns are text here, see
 * `rows.ts` for the way to and from the domain's types.
 */
import type { Generated } from "kysely";
import type { DependencyCondition, DependencyStatus } from "../../core/job/dependency.js";
import type { Outcome } from "../../core/job/outcome.js";
import type { JobState } from "../../core/job/state.js";
import type { Catchup, Overlap, TickOutcome } from "../../core/schedule/schedule.js";
import type { ProcessRecord } from "../contract/store.js";

/** Of the first migration. Lower ones were in use before the first release. */
export const FIRST_SCHEMA_VERSION = 10;

/** Of the newest migration. Kept apart from them so that they are loaded only when one is due. */
export const SCHEMA_VERSION = 10;

/** "queu": tells our databases from those of other programs. */
export const APPLICATION_ID = 0x71756575;

export interface Schema {
  jobs: JobTable;
  attempts: AttemptTable;
  /** Kept by triggers; a pair that has no jobs may be there with 0. */
  job_counts: { queue: string; state: JobState; count: number };
  /** Kept by triggers, for jobs that have tags. */
  job_tags: { tag: string; seq: number };
  processes: ProcessTable;
  settings: { key: string; value: string };
  queues: QueueTable;
  dependencies: { child: number; parent: string; condition: DependencyCondition; status: DependencyStatus };
  /** Starts of jobs of queues that have a rate, for as long as they count. */
  queue_starts: { queue: string; started_at: number; fence: number };
  supervisor_commands: {
    number: Generated<number>;
    supervisor_id: string;
    kind: "scale" | "restart";
    workers: number | null;
  };
  schedules: ScheduleTable;
  schedule_ticks: {
    schedule: string;
    tick_at: number;
    outcome: TickOutcome;
    job_id: string | null;
    note: string | null;
  };
}

export interface JobTable {
  seq: Generated<number>;
  id: string;
  command: string;
  state: JobState;
  queue: string;
  priority: number;
  attempts: number;
  max_retries: number | null;
  timeout_ms: number | null;
  backoff_base: number | null;
  cwd: string;
  env: string;
  tags: string;
  run_at: number;
  created_at: number;
  updated_at: number;
  started_at: number | null;
  finished_at: number | null;
  exit_code: number | null;
  signal: string | null;
  last_error: string | null;
  worker_id: string | null;
  fence: number;
  lease_expires_at: number | null;
  renewals: number;
  /** Attempts in its history, charged or not: what numbers them. */
  runs: number;
  interruptions: number;
  losses: number;
  cancel_requested_at: number | null;
  cancel_reason: string | null;
  result: string | null;
  progress: number | null;
  progress_message: string | null;
  unique_key: string | null;
  limit_key: string | null;
  limit_max: number | null;
  /** 1: due, and waiting for a job with the same limit key to end. */
  parked: number;
  deadline_ms: number | null;
  deadline_at: number | null;
  on_unmet: "bury" | "hold";
  /** 1: dead because a dependency was not met. */
  unmet: number;
  /** JSON; null: none. */
  options: string | null;
}

export interface QueueTable {
  name: string;
  paused: number;
  /** Jobs of it that may run at a time. */
  concurrency: number | null;
  /** Jobs of it that may start within `rate_ms`. */
  rate_count: number | null;
  rate_ms: number | null;
  /** Jobs that may wait in it. */
  max_length: number | null;
  /** JSON, a list of hooks; null: none. */
  hooks: string | null;
  /** Signs the webhooks of its jobs. */
  webhook_secret: string | null;
}

export interface AttemptTable {
  fence: Generated<number>;
  job_id: string;
  attempt: number;
  worker_id: string;
  pid: number | null;
  started_at: number;
  finished_at: number | null;
  outcome: Outcome["kind"] | null;
  exit_code: number | null;
  signal: string | null;
  error: string | null;
  stdout_bytes: number;
  stderr_bytes: number;
  stdout_file: string | null;
  stderr_file: string | null;
  stdout: Buffer | null;
  stderr: Buffer | null;
  result: string | null;
}

export interface ProcessTable {
  id: string;
  kind: ProcessRecord["kind"];
  host: string;
  boot_id: string;
  pid: number;
  start_time: string;
  supervisor_id: string | null;
  state: ProcessRecord["state"];
  restarts: number;
  queues: string | null;
  slots: number;
  started_at: number;
  heartbeat_at: number;
}

export interface ScheduleTable {
  name: string;
  cron: string;
  seconds: number;
  zone: string;
  overlap: Overlap;
  catchup: Catchup;
  job: string;
  paused: number;
  next_at: number | null;
  last_job: string | null;
  created_at: number;
  updated_at: number;
}
