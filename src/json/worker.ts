/** Workers and their supervisor as JSON. */
import type { WorkerStatus } from "../queue/status.js";

export function workerToJson(worker: WorkerStatus) {
  return {
    id: worker.id,
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
  };
}

/** Pids. */
export interface StartedPool {
  readonly pid: number;
  readonly workers: readonly number[];
  /** Absent: the log goes to stderr. */
  readonly logFile?: string;
}

export function startedPoolToJson({ pid, workers, logFile }: StartedPool) {
  return { supervisor: { pid }, workers, ...(logFile !== undefined && { log: logFile }) };
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
