/**
 * Changes a running pool, from another process. The request goes into the store as a command, since a
 * signal carries no number and two of a kind may arrive as one. A HUP then only makes the supervisor look at once. The
 * HUP goes only to the supervisor of the pool (find-processes.ts), checked by its start time. The store tells when the
 * pool is as requested.
 */
import { ConflictError, QueuectlError } from "../../src/core/errors.js";
import { type Look, waitUntil } from "../../src/core/wait-until.js";
import { readPidFile } from "../../src/home/pid-file.js";
import { ownNameFlag, type Pool } from "../../src/home/pool.js";
import { type Client, contextOf } from "../../src/queue/client.js";
import type { ProcessRecord, Store, SupervisorCommand } from "../../src/store/contract/store.js";
import { signalProcess } from "../../src/system/process/group.js";
import type { ProcessIdentity } from "../../src/system/process/identity.js";
import { isAlive, type RunningPool, whoRuns } from "../lock/find-processes.js";
import { namedPool, onePool, supervisedPools } from "./choose-pool.js";

export interface SteerOptions {
  /** Name of the pool. Null: the only one or main; for a restart, every pool. */
  readonly pool: string | null;
  readonly timeoutMs: number;
  onWaiting?(jobIds: readonly string[]): void;
}

/** Pids of the workers. */
export interface Steered {
  /** Workers that are ready and stay. */
  readonly workers: readonly number[];
  /** Workers that finish their jobs and then leave. */
  readonly draining: readonly number[];
}

/** @throws QueuectlError `not_running`, `conflict` during a stop, or `timed_out` */
export async function scalePool(client: Client, workers: number, options: SteerOptions): Promise<Steered> {
  const { home, store } = contextOf(client);
  const running = await whoRuns(home, store);
  const pool = options.pool === null ? onePool(home, running) : namedPool(home, running, options.pool);
  return steer(client, pool, options, {
    command: { kind: "scale", workers },
    // A worker that makes room for a new one drains, and need not be replaced yet.
    isDone: ({ starting, ready, draining, size }) =>
      size === workers && starting.length === 0 && ready.length <= workers && ready.length + draining.length >= workers,
    late: ({ ready }) => `pool ${pool.name} has ${ready.length} of ${workers} workers ready`,
  });
}

/** The pools are restarted side by side. @throws QueuectlError as {@link scalePool} */
export async function restartPools(client: Client, options: SteerOptions): Promise<Steered> {
  const { home, store } = contextOf(client);
  const running = await whoRuns(home, store);
  const pools = options.pool === null ? supervisedPools(home, running) : [namedPool(home, running, options.pool)];
  const waiting = new Map<string, readonly string[]>();
  const restarts = pools.map((pool) =>
    restartPool(client, pool, {
      ...options,
      onWaiting: (jobIds) => {
        waiting.set(pool.name, jobIds);
        options.onWaiting?.([...waiting.values()].flat());
      },
    }),
  );
  const done = await Promise.all(restarts);
  return { workers: done.flatMap(({ workers }) => workers), draining: done.flatMap(({ draining }) => draining) };
}

function restartPool(client: Client, pool: RunningPool, options: SteerOptions): Promise<Steered> {
  let before: readonly string[] | null = null;
  const left = (seen: PoolWorkers) => seen.all.filter(({ id }) => before?.includes(id));
  return steer(client, pool, options, {
    command: { kind: "restart" },
    isDone: (seen) => {
      before ??= seen.all.map(({ id }) => id);
      return left(seen).length === 0 && seen.starting.length === 0 && seen.ready.length >= (seen.size ?? 1);
    },
    waitsFor: left,
    late: (seen) => `${left(seen).length} of ${before?.length} workers of pool ${pool.name} have not been replaced`,
  });
}

interface PoolWorkers {
  /** Wanted number of workers. Null: unknown. */
  readonly size: number | null;
  readonly all: readonly ProcessRecord[];
  readonly starting: readonly ProcessRecord[];
  readonly ready: readonly ProcessRecord[];
  readonly draining: readonly ProcessRecord[];
}

interface SteerRequest {
  readonly command: SupervisorCommand;
  isDone(seen: PoolWorkers): boolean;
  /** Workers whose jobs have to end first. */
  waitsFor?(seen: PoolWorkers): readonly ProcessRecord[];
  late(seen: PoolWorkers): string;
}

async function steer(
  client: Client,
  pool: RunningPool,
  options: SteerOptions,
  request: SteerRequest,
): Promise<Steered> {
  const { store } = contextOf(client);
  const { supervisor } = pool;
  if (supervisor === null) throw notRunningNow(pool);
  let sent = false;
  const look = async (): Promise<Look<Steered, PoolWorkers>> => {
    if (!isAlive(supervisor)) throw sent ? endedBefore(pool) : notRunningNow(pool);
    const processes = await store.processes.list();
    const seen = workersOf(pool, processes, supervisor.id);
    // Checked before the command is sent too: a restart has to know which workers it replaces.
    const done = request.isDone(seen);
    if (!sent) sent = await send(store, processes, supervisor, request.command);
    else if (done) return { result: { workers: pidsOf(seen.ready), draining: pidsOf(seen.draining) } };
    return { missing: seen };
  };
  return waitUntil(look, {
    timeoutMs: options.timeoutMs,
    pauseMs: store.pollMs.processes,
    tell: async (seen) => options.onWaiting?.(await jobsOf(store, request.waitsFor?.(seen) ?? [])),
    late: (seen) => late(request.late(seen), options.timeoutMs, pool),
  });
}

/** False: it has not registered yet. */
async function send(
  store: Store,
  processes: readonly ProcessRecord[],
  { id, pid }: ProcessIdentity & { readonly id: string },
  command: SupervisorCommand,
): Promise<boolean> {
  const state = processes.find((one) => one.id === id)?.state;
  if (state === "draining") {
    throw new ConflictError(`the supervisor (pid ${pid}) is stopping`, "start another when it has stopped");
  }
  if (!(await store.processes.sendCommand(id, command))) return false;
  // A starting supervisor does not listen yet, and a HUP would kill it. It looks by itself within a second.
  if (state === "running" || state === "degraded") signalProcess(pid, "SIGHUP");
  return true;
}

function workersOf({ pidFile }: Pool, processes: readonly ProcessRecord[], supervisorId: string): PoolWorkers {
  const all = processes.filter(
    (process) => process.kind === "worker" && process.supervisorId === supervisorId && isAlive(process),
  );
  const ofState = (...states: ProcessRecord["state"][]) => all.filter(({ state }) => states.includes(state));
  const named = readPidFile(pidFile);
  const size = named?.id === supervisorId ? named.workers : null;
  return {
    size,
    all,
    starting: ofState("starting"),
    ready: ofState("running", "degraded"),
    draining: ofState("draining"),
  };
}

async function jobsOf(store: Store, workers: readonly ProcessRecord[]): Promise<string[]> {
  return (await store.leases.running(workers.map(({ id }) => id))).map(({ id }) => id);
}

function pidsOf(processes: readonly ProcessRecord[]): number[] {
  return processes.map(({ pid }) => pid);
}

/** A keeper without a supervisor waits before it starts the next one. */
function notRunningNow({ name, keeper }: RunningPool): QueuectlError {
  const message = `pool ${name} has no supervisor just now`;
  if (keeper === null) {
    const start = `queuectl worker start --detach${ownNameFlag(name)}`;
    return new QueuectlError("not_running", message, {
      hint: `its workers finish their jobs and leave; start it again with: ${start}`,
    });
  }
  const again = `${message}: its keeper (pid ${keeper.pid}) starts it again within half a minute`;
  return new QueuectlError("not_running", again, { hint: `queuectl worker logs --name ${name} says why it ended` });
}

function endedBefore({ name }: Pool): QueuectlError {
  return new QueuectlError("not_running", `the supervisor of pool ${name} ended before it was done`, {
    hint: `queuectl worker logs --name ${name} says why`,
  });
}

function late(what: string, timeoutMs: number, { name }: Pool): QueuectlError {
  return new QueuectlError("timed_out", `after ${timeoutMs / 1000} s ${what}`, {
    hint: `the supervisor goes on; queuectl worker list shows its progress, queuectl worker logs --name ${name} its log`,
  });
}
