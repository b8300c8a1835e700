/**
 * Rows of the tables, and their conversion to the domain's types: snake case to camel case, JSON text to values, and
 * nothing else.
 */

import type { Attempt, Job } from "../../core/job/job.js";
import { NO_OPTIONS } from "../../core/job/options.js";
import type { Outcome } from "../../core/job/outcome.js";
import type { JobState } from "../../core/job/state.js";
import type { ClaimedJob, Lease, ProcessRecord, RunningJob } from "../contract/store.js";

/** A truth value in the database's form; only its truth is used. */
export type Flag = boolean | number;

export interface JobRow {
  seq: number;
  id: string;
  /** JSON. */
  command: string;
  state: JobState;
  queue: string;
  priority: number;
  attempts: number;
  max_retries: number | null;
  timeout_ms: number | null;
  backoff_base: number | null;
  cwd: string;
  /** JSON. */
  env: string;
  /** JSON. */
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
  lease_ms: number | null;
  renewals: number;
  /** Attempts in its history, charged or not; the number of the next one follows. */
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
  /** Whether it is due and waits for a job with the same limit key to end. */
  parked: Flag;
  deadline_ms: number | null;
  deadline_at: number | null;
  on_unmet: "bury" | "hold";
  /** Whether it is dead because a dependency was not met. */
  unmet: Flag;
  /** JSON. Null: none. */
  options: string | null;
}

/** For a processing job. */
export interface RunningRow extends Pick<JobRow, "id" | "fence" | "progress" | "progress_message"> {
  worker_id: string;
}

/** The columns of a {@link Job}. */
type JobColumns = Omit<
  JobRow,
  | ("seq" | "runs" | "renewals" | "lease_expires_at" | "lease_ms" | "cancel_requested_at" | "cancel_reason")
  | ("parked" | "unmet")
>;

/** What a claim does not know itself of the job that it has taken. */
export type ClaimedRow = Pick<JobRow, "runs"> &
  Omit<
    JobColumns,
    ("state" | "worker_id" | "fence" | "started_at" | "finished_at") | ("result" | "progress" | "progress_message")
  >;

/** A processing job with what its lease says of the attempt. */
export interface LeaseRow extends JobRow {
  ahead: Flag;
  pid: number | null;
}

/** Without its streams. */
export interface AttemptRow {
  fence: number;
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
  result: string | null;
}

export type EndingRow = Pick<AttemptRow, "fence" | "outcome" | "finished_at">;

/** Paths of an attempt's streams. Null: the stream is in the row. */
export interface OutputFiles {
  stdout_file: string | null;
  stderr_file: string | null;
}

/** The streams of an attempt. */
export interface OutputRow extends OutputFiles, Pick<AttemptRow, "stdout_bytes" | "stderr_bytes"> {
  /** Of a stream in chunks. */
  stdout_size: number | null;
  stderr_size: number | null;
  output_host: string | null;
  stdout: Buffer | null;
  stderr: Buffer | null;
}

export interface ProcessRow {
  id: string;
  kind: ProcessRecord["kind"];
  host: string;
  host_id: string;
  boot_id: string;
  pid_namespace: string;
  pid: number;
  start_time: string;
  home: string;
  pool: string;
  supervisor_id: string | null;
  state: ProcessRecord["state"];
  restarts: number;
  /** JSON, a list. Null: every queue. */
  queues: string | null;
  slots: number;
  started_at: number;
  heartbeat_at: number;
  /** JSON, an object. Null: a version that did not record it. */
  program: string | null;
}

export function toJob(row: JobColumns): Job {
  return {
    id: row.id,
    command: JSON.parse(row.command),
    state: row.state,
    queue: row.queue,
    priority: row.priority,
    attempts: row.attempts,
    maxRetries: row.max_retries,
    timeoutMs: row.timeout_ms,
    backoffBase: row.backoff_base,
    cwd: row.cwd,
    env: JSON.parse(row.env),
    tags: JSON.parse(row.tags),
    runAt: row.run_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    exitCode: row.exit_code,
    signal: row.signal,
    lastError: row.last_error,
    result: row.result,
    progress: row.progress,
    progressMessage: row.progress_message,
    workerId: row.worker_id,
    fence: row.fence,
    interruptions: row.interruptions,
    losses: row.losses,
    uniqueKey: row.unique_key,
    limitKey: row.limit_key,
    limit: row.limit_max,
    deadlineMs: row.deadline_ms,
    deadlineAt: row.deadline_at,
    onUnmet: row.on_unmet,
    options: row.options === null ? NO_OPTIONS : JSON.parse(row.options),
  };
}

/**
 * A job as a claim has just made it: started at its last change, with nothing left of an earlier attempt's progress.
 * The row and the job are completed in place: to copy an object of thirty properties takes V8 as long as the SQL.
 */
export function toClaimedJob(row: ClaimedRow, lease: Pick<Lease, "workerId" | "fence" | "ahead">): ClaimedJob {
  const columns = Object.assign(row, {
    state: "processing" as const,
    started_at: row.updated_at,
    finished_at: null,
    result: null,
    progress: null,
    progress_message: null,
    worker_id: lease.workerId,
    fence: lease.fence,
  });
  return Object.assign(toJob(columns), { attempt: row.runs, ahead: lease.ahead });
}

/** Expects a row whose job is processing; the schema's CHECKs promise the rest. */
export function toLease(row: LeaseRow): Lease {
  return {
    job: toJob(row),
    workerId: row.worker_id ?? "",
    fence: row.fence,
    expiresAt: row.lease_expires_at ?? 0,
    leaseMs: row.lease_ms ?? 0,
    renewals: row.renewals,
    ahead: Boolean(row.ahead),
    pid: row.pid,
  };
}

export function toRunningJob(row: RunningRow): RunningJob {
  return {
    id: row.id,
    workerId: row.worker_id,
    fence: row.fence,
    progress: row.progress,
    progressMessage: row.progress_message,
  };
}

export function toAttempt(row: AttemptRow): Attempt {
  return {
    jobId: row.job_id,
    attempt: row.attempt,
    fence: row.fence,
    outcome: row.outcome,
    exitCode: row.exit_code,
    signal: row.signal,
    error: row.error,
    workerId: row.worker_id,
    pid: row.pid,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    result: row.result,
    stdoutBytes: row.stdout_bytes,
    stderrBytes: row.stderr_bytes,
  };
}

export function toProcess(row: ProcessRow): ProcessRecord {
  return {
    id: row.id,
    kind: row.kind,
    host: row.host,
    hostId: row.host_id,
    bootId: row.boot_id,
    pidNamespace: row.pid_namespace,
    pid: row.pid,
    startTime: row.start_time,
    home: row.home,
    pool: row.pool,
    supervisorId: row.supervisor_id,
    state: row.state,
    restarts: row.restarts,
    queues: row.queues === null ? null : JSON.parse(row.queues),
    slots: row.slots,
    program: row.program === null ? null : JSON.parse(row.program),
    startedAt: row.started_at,
    heartbeatAt: row.heartbeat_at,
  };
}

export function fileNames(rows: readonly OutputFiles[]): string[] {
  return rows.flatMap((row) => [row.stdout_file, row.stderr_file]).filter((name) => name !== null);
}
