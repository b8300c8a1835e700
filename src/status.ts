/** How the queue is doing, for `status` and `worker list`: jobs by state, who is alive, what waits. */
import type { Config } from "./config.js";
import type { Clock } from "./core/clock.js";
import type { Job } from "./core/job.js";
import { livenessOf } from "./exec/identity.js";
import type { JobCounts, Lease, LimitedQueue, ProcessRecord, Store } from "./store/store.js";

export interface WorkerStatus {
  readonly id: string;
  readonly pid: number;
  readonly state: "starting" | "idle" | "busy" | "draining" | "dead";
  /** The ids of the jobs it runs. */
  readonly jobs: readonly string[];
  /** How many it runs at once. */
  readonly slots: number;
  /** Those that it serves; null: every one. */
  readonly queues: readonly string[] | null;
  readonly heartbeatAgeMs: number;
  readonly restarts: number;
  readonly uptimeMs: number;
}

export interface SupervisorStatus {
  readonly running: boolean;
  readonly pid: number | null;
  readonly uptimeMs: number | null;
  readonly state: "running" | "starting" | "draining" | "degraded" | "stopped";
}

export interface Status {
  readonly jobs: JobCounts & { readonly total: number };
  readonly supervisor: SupervisorStatus;
  readonly workers: readonly WorkerStatus[];
  readonly config: Config;
  readonly oldestDue: Job | null;
  readonly pausedQueues: readonly string[];
  readonly limitedQueues: readonly LimitedQueue[];
  /** When this was read. */
  readonly now: number;
}

export async function readStatus(store: Store, config: Config, clock: Clock): Promise<Status> {
  const counts = await store.jobs.counts();
  const processes = await store.processes.list();
  const leases = await store.leases.leases();
  const now = clock.now();
  return {
    jobs: { ...counts, total: Object.values(counts).reduce((sum, n) => sum + n, 0) },
    supervisor: supervisorStatus(processes, now),
    workers: processes
      .filter((p) => p.kind === "worker")
      .sort((a, b) => byNumber(a.id, b.id))
      .map((p) => workerStatus(p, leases, now)),
    config,
    oldestDue: await store.jobs.oldestDue(),
    pausedQueues: await store.queues.paused(),
    limitedQueues: await store.queues.limited(),
    now,
  };
}

/** Ids of workers end in a number; 10 comes after 9. (Intl.Collator knows that too, but takes 6 ms to make.) */
function byNumber(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

function supervisorStatus(processes: readonly ProcessRecord[], now: number): SupervisorStatus {
  const alive = processes.findLast((p) => p.kind === "supervisor" && livenessOf(p) !== "dead");
  if (!alive) return { running: false, pid: null, uptimeMs: null, state: "stopped" };
  return { running: true, pid: alive.pid, uptimeMs: now - alive.startedAt, state: alive.state };
}

function workerStatus(record: ProcessRecord, leases: readonly Lease[], now: number): WorkerStatus {
  const jobs = leases.filter((lease) => lease.workerId === record.id).map((lease) => lease.job.id);
  const busy = jobs.length > 0 ? "busy" : "idle";
  const state = record.state === "running" || record.state === "degraded" ? busy : record.state;
  return {
    id: record.id,
    pid: record.pid,
    state: livenessOf(record) === "dead" ? "dead" : state,
    jobs,
    slots: record.slots,
    queues: record.queues,
    heartbeatAgeMs: Math.max(0, now - record.heartbeatAt),
    restarts: record.restarts,
    uptimeMs: now - record.startedAt,
  };
}
