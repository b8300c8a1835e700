/** The state of the queue, for `status` and `worker list`: jobs by state, living processes, waiting jobs. */
import type { Config } from "../config/config.js";
import type { Schedule } from "../core/schedule/schedule.js";
import { comparePools } from "../home/pool.js";
import type { JobCounts, LimitedQueue, ProcessRecord, RunningJob, Store } from "../store/contract/store.js";
import type { Program } from "../system/process/program.js";
import { type Job, toJob } from "./jobs/job.js";
import { isPresent } from "./presence.js";

export type { Program } from "../system/process/program.js";

export interface WorkerStatus {
  readonly id: string;
  /** Name of its pool. */
  readonly pool: string;
  /** Name of its host. */
  readonly host: string;
  readonly pid: number;
  /** `dead`: it is gone, or it is out of reach (on another host or in another container) and silent. */
  readonly state: "starting" | "idle" | "busy" | "draining" | "dead";
  /** Ids of its running jobs. */
  readonly jobs: readonly string[];
  /** Most jobs that it runs at once. */
  readonly slots: number;
  /** Queues that it serves. Null: every queue. */
  readonly queues: readonly string[] | null;
  /** Progress of the jobs that report it. */
  readonly progress: readonly JobProgress[];
  readonly heartbeatAgeMs: number;
  readonly restarts: number;
  readonly uptimeMs: number;
  /** Program that it runs. Null: a version that did not record it. */
  readonly program: Program | null;
}

export type JobProgress = Pick<Job, "id" | "progress" | "progressMessage">;

export interface SupervisorStatus {
  readonly running: boolean;
  readonly pid: number | null;
  readonly uptimeMs: number | null;
  readonly state: "running" | "starting" | "draining" | "degraded" | "stopped";
}

/** A supervisor that runs, with its workers. */
export interface PoolStatus {
  readonly name: string;
  /** Name of its host. */
  readonly host: string;
  /** Pid of the supervisor. */
  readonly pid: number;
  readonly state: "running" | "starting" | "draining" | "degraded";
  readonly uptimeMs: number;
  /** Number of its living workers. */
  readonly workers: number;
  /** Program that the supervisor runs. Null: a version that did not record it. */
  readonly program: Program | null;
}

export interface ScheduleStatus {
  readonly total: number;
  readonly paused: number;
  /** The schedule that is due next, or due and not yet fired. */
  readonly next: { readonly name: string; readonly at: number } | null;
}

export interface Status {
  /** Path of the home. */
  readonly home: string;
  /** Path of the database's file, or its URL without the password. */
  readonly database: string;
  /** Whether home and database are there. False: the rest is the state of an empty queue. */
  readonly exists: boolean;
  readonly jobs: JobCounts & { readonly total: number };
  /** Jobs in the dead-letter queue: the dead ones but for those of `run`, which has told their exit codes. */
  readonly deadLetters: number;
  /** Supervisor of the first pool. */
  readonly supervisor: SupervisorStatus;
  /** The pools that run, main first. */
  readonly pools: readonly PoolStatus[];
  readonly workers: readonly WorkerStatus[];
  readonly config: Config;
  /** The pending job that has been due longest. Null: none is due. */
  readonly oldestDue: Job | null;
  readonly pausedQueues: readonly string[];
  readonly schedules: ScheduleStatus;
  readonly limitedQueues: readonly LimitedQueue[];
  /** Time of this status, in milliseconds since the epoch. */
  readonly now: number;
}

export async function readStatus(store: Store, config: Config): Promise<Omit<Status, "home" | "database" | "exists">> {
  const counts = await store.jobs.counts();
  const processes = await store.processes.list();
  const workers = processes.filter(({ kind }) => kind === "worker").sort(byPool);
  const running = await store.leases.running(workers.map(({ id }) => id));
  const oldestDue = await store.jobs.oldestDue();
  const now = store.clock.now();
  const pools = poolStatuses(processes, now);
  return {
    jobs: { ...counts, total: Object.values(counts).reduce((sum, n) => sum + n, 0) },
    deadLetters: counts.dead === 0 ? 0 : await store.jobs.count({ states: ["dead"], unacknowledged: true }),
    supervisor: supervisorStatus(pools),
    pools,
    workers: workers.map((worker) => workerStatus(worker, running, now)),
    config,
    oldestDue: oldestDue && toJob(oldestDue, config),
    pausedQueues: await store.queues.paused(),
    schedules: scheduleStatus(await store.schedules.list()),
    limitedQueues: await store.queues.limited(),
    now,
  };
}

function scheduleStatus(schedules: readonly Schedule[]): ScheduleStatus {
  const active = schedules.filter(({ paused }) => !paused);
  const upcoming = active.flatMap(({ name, nextAt }) => (nextAt === null ? [] : [{ name, at: nextAt }]));
  const next = upcoming.sort((a, b) => a.at - b.at)[0] ?? null;
  return { total: schedules.length, paused: schedules.length - active.length, next };
}

function byPool(a: ProcessRecord, b: ProcessRecord): number {
  return a.pool === b.pool ? byNumber(a.id, b.id) : comparePools(a.pool, b.pool);
}

/** Worker ids end in a number, and 10 comes after 9. (Intl.Collator knows that too, but takes 6 ms to make.) */
function byNumber(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

function poolStatuses(processes: readonly ProcessRecord[], now: number): PoolStatus[] {
  const present = processes.filter((process) => isPresent(process, now));
  const pools = present
    .filter(({ kind }) => kind === "supervisor")
    .map(({ id, pool, host, pid, state, startedAt, program }) => ({
      name: pool,
      host,
      pid,
      state,
      uptimeMs: since(startedAt, now),
      workers: present.filter(({ supervisorId }) => supervisorId === id).length,
      program,
    }));
  return pools.sort((a, b) => comparePools(a.name, b.name));
}

function supervisorStatus([first]: readonly PoolStatus[]): SupervisorStatus {
  if (!first) return { running: false, pid: null, uptimeMs: null, state: "stopped" };
  return { running: true, pid: first.pid, uptimeMs: first.uptimeMs, state: first.state };
}

function workerStatus(record: ProcessRecord, running: readonly RunningJob[], now: number): WorkerStatus {
  const held = running.filter(({ workerId }) => workerId === record.id);
  const jobs = held.map(({ id }) => id);
  const busy = jobs.length > 0 ? "busy" : "idle";
  const state = record.state === "running" || record.state === "degraded" ? busy : record.state;
  return {
    id: record.id,
    pool: record.pool,
    host: record.host,
    pid: record.pid,
    state: isPresent(record, now) ? state : "dead",
    jobs,
    slots: record.slots,
    queues: record.queues,
    progress: held
      .filter(({ progress }) => progress !== null)
      .map(({ id, progress, progressMessage }) => ({ id, progress, progressMessage })),
    heartbeatAgeMs: since(record.heartbeatAt, now),
    restarts: record.restarts,
    uptimeMs: since(record.startedAt, now),
    program: record.program,
  };
}

/** 0 if the clock was set back behind `then`. */
function since(then: number, now: number): number {
  return Math.max(0, now - then);
}
