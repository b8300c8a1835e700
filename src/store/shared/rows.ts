/** Rows of the tables ↔ the domain's types: snake case to camel case, JSON text to values, and nothing else. */
import type { Selectable } from "kysely";
import type { Attempt, Job } from "../../core/job/job.js";
import { NO_OPTIONS } from "../../core/job/options.js";
import type { Lease, ProcessRecord } from "../contract/store.js";
import type { AttemptTable, JobTable, ProcessTable } from "../sqlite/schema.js";

export type JobRow = Selectable<JobTable>;
/** A truth value, as databases give it; only whether it is true is asked. */
export type Flag = boolean | number;

export type AttemptRow = Omit<Selectable<AttemptTable>, "stdout" | "stderr" | "stdout_file" | "stderr_file">;

export function toJob(row: JobRow): Job {
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

/** Of a row whose job is processing: the schema's CHECKs promise the rest. */
export function toLease(row: JobRow): Lease {
  return {
    job: toJob(row),
    workerId: row.worker_id ?? "",
    fence: row.fence,
    expiresAt: row.lease_expires_at ?? 0,
    renewals: row.renewals,
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

export function toProcess(row: Selectable<ProcessTable>): ProcessRecord {
  return {
    id: row.id,
    kind: row.kind,
    host: row.host,
    bootId: row.boot_id,
    pid: row.pid,
    startTime: row.start_time,
    supervisorId: row.supervisor_id,
    state: row.state,
    restarts: row.restarts,
    queues: row.queues === null ? null : JSON.parse(row.queues),
    slots: row.slots,
    startedAt: row.started_at,
    heartbeatAt: row.heartbeat_at,
  };
}

export type OutputRow = Pick<
  Selectable<AttemptTable>,
  "stdout_bytes" | "stderr_bytes" | "stdout_file" | "stderr_file" | "stdout" | "stderr"
>;

export type EndingRow = Pick<AttemptRow, "fence" | "outcome" | "finished_at">;

/** Where an attempt's streams are, if they are too large for the row. */
export type OutputFiles = Pick<Selectable<AttemptTable>, "stdout_file" | "stderr_file">;

export function fileNames(rows: readonly OutputFiles[]): string[] {
  return rows.flatMap((row) => [row.stdout_file, row.stderr_file]).filter((name) => name !== null);
}
