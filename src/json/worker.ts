/** Workers and their supervisor as JSON. */
import type { OtherProgram } from "../queue/other-program.js";
import type { PoolStatus, WorkerStatus } from "../queue/status.js";
import type { Program } from "../system/process/program.js";

export function workerToJson(worker: WorkerStatus) {
  return {
    id: worker.id,
    pool: worker.pool,
    host: worker.host,
    pid: worker.pid,
    state: worker.state,
    jobs: worker.jobs,
    slots: worker.slots,
    queues: worker.queues,
    progress: worker.progress.map((job) => ({
      id: job.id,
      progress: job.progress,
      progress_message: job.progressMessage,
    })),
    heartbeat_age_ms: worker.heartbeatAgeMs,
    restarts: worker.restarts,
    uptime_ms: worker.uptimeMs,
    ...programToJson(worker.program),
  };
}

export function poolToJson({ name, host, pid, state, uptimeMs, workers, program }: PoolStatus) {
  return { name, host, pid, state, uptime_ms: uptimeMs, workers, ...programToJson(program) };
}

/** Pids. */
export function otherProgramToJson({ pool, supervisor, workers, program }: OtherProgram) {
  return { pool, supervisor, workers, ...programToJson(program) };
}

/** Nulls: a version that did not record it. */
function programToJson(program: Program | null) {
  return { version: program?.version ?? null, build: program?.build ?? null };
}

/** Pids. */
export interface StartedPool {
  readonly pool: string;
  readonly pid: number;
  readonly workers: readonly number[];
  /** Absent: the log goes to stderr. */
  readonly logFile?: string;
}

/** @param others the other pools of the home */
export function startedPoolToJson({ pool, pid, workers, logFile }: StartedPool, others: readonly OtherPool[]) {
  return {
    supervisor: { pid },
    pool,
    workers,
    ...(logFile !== undefined && { log: logFile }),
    others: others.map(({ name, supervisor }) => ({ name, pid: supervisor.pid })),
  };
}

interface OtherPool {
  readonly name: string;
  readonly supervisor: { readonly pid: number };
}

/** Number of jobs that `worker start --once` or `--drain` ran. */
export function ranToJson(jobs: number) {
  return { ran: jobs };
}

/** The result of `worker stop`: the number of workers, and the jobs that went back to the queue. */
export function stoppedPoolToJson(workers: number, interrupted: readonly string[]) {
  return { workers, interrupted };
}

/** Pids. */
export function scaledPoolToJson(workers: readonly number[], draining: readonly number[]) {
  return { workers, draining };
}

/** Pids. */
export function restartedPoolToJson(workers: readonly number[]) {
  return { workers };
}
