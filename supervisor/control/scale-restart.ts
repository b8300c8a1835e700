/**
 * Changes the pool of a running supervisor, from another process. The request goes into the store as a command, since a
 * signal carries no number and two of a kind may arrive as one. A HUP then only makes the supervisor look at once. The
 * HUP goes only to the supervisor of this home (find-processes.ts), checked by its start time. The store tells when the
 * pool is as requested.
 */
import { ConflictError, QueuectlError } from "../../src/core/errors.js";
import { type Look, waitUntil } from "../../src/core/wait-until.js";
import type { Home } from "../../src/home/home.js";
import { readPidFile } from "../../src/home/pid-file.js";
import { type Client, contextOf } from "../../src/queue/client.js";
import type { ProcessRecord, Store, SupervisorCommand } from "../../src/store/contract/store.js";
import type { ProcessIdentity } from "../../src/system/identity.js";
import { signalProcess } from "../../src/system/process-group.js";
import { isAlive, type Running, whoRuns } from "../lock/find-processes.js";

export interface SteerOptions {
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
export function scalePool(client: Client, workers: number, options: SteerOptions): Promise<Steered> {
  return steer(client, options, {
    command: { kind: "scale", workers },
    // A worker that makes room for a new one drains, and need not be replaced yet.
    isDone: ({ starting, ready, draining, size }) =>
      size === workers && starting.length === 0 && ready.length <= workers && ready.length + draining.length >= workers,
    late: (pool) => `the pool has ${pool.ready.length} of ${workers} workers ready`,
  });
}

/** @throws QueuectlError as {@link scalePool} */
export function restartPool(client: Client, options: SteerOptions): Promise<Steered> {
  let before: readonly string[] | null = null;
  const left = (pool: Pool) => pool.all.filter(({ id }) => before?.includes(id));
  return steer(client, options, {
    command: { kind: "restart" },
    isDone: (pool) => {
      before ??= pool.all.map(({ id }) => id);
      return left(pool).length === 0 && pool.starting.length === 0 && pool.ready.length >= (pool.size ?? 1);
    },
    waitsFor: left,
    late: (pool) => `${left(pool).length} of ${before?.length} workers have not been replaced`,
  });
}

interface Pool {
  /** Wanted number of workers. Null: unknown. */
  readonly size: number | null;
  readonly all: readonly ProcessRecord[];
  readonly starting: readonly ProcessRecord[];
  readonly ready: readonly ProcessRecord[];
  readonly draining: readonly ProcessRecord[];
}

interface SteerRequest {
  readonly command: SupervisorCommand;
  isDone(pool: Pool): boolean;
  /** Workers whose jobs have to end first. */
  waitsFor?(pool: Pool): readonly ProcessRecord[];
  late(pool: Pool): string;
}

async function steer(client: Client, options: SteerOptions, request: SteerRequest): Promise<Steered> {
  const { home, store } = contextOf(client);
  const { supervisor, keeper } = await whoRuns(home, store);
  if (supervisor === null) throw notRunning(home, keeper);
  let sent = false;
  const look = async (): Promise<Look<Steered, Pool>> => {
    if (!isAlive(supervisor)) throw sent ? endedBefore(home) : notRunning(home, keeper);
    const processes = await store.processes.list();
    const pool = poolOf(home, processes, supervisor.id);
    // Checked before the command is sent too: a restart has to know which workers it replaces.
    const done = request.isDone(pool);
    if (!sent) sent = await send(store, processes, supervisor, request.command);
    else if (done) return { result: { workers: pidsOf(pool.ready), draining: pidsOf(pool.draining) } };
    return { missing: pool };
  };
  return waitUntil(look, {
    timeoutMs: options.timeoutMs,
    pauseMs: store.pollMs.processes,
    tell: async (pool) => options.onWaiting?.(await jobsOf(store, request.waitsFor?.(pool) ?? [])),
    late: (pool) => late(request.late(pool), options.timeoutMs),
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

function poolOf(home: Home, processes: readonly ProcessRecord[], supervisorId: string): Pool {
  const all = processes.filter(
    (process) => process.kind === "worker" && process.supervisorId === supervisorId && isAlive(process),
  );
  const ofState = (...states: ProcessRecord["state"][]) => all.filter(({ state }) => states.includes(state));
  const named = readPidFile(home.pidFile);
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
function notRunning(home: Home, keeper: Running["keeper"]): QueuectlError {
  const message = `no supervisor is running for ${home.dir}`;
  if (keeper === null) {
    return new QueuectlError("not_running", message, { hint: "start one with: queuectl worker start --detach" });
  }
  const again = `${message} just now: its keeper (pid ${keeper.pid}) starts it again within half a minute`;
  return new QueuectlError("not_running", again, { hint: "queuectl worker logs says why it ended" });
}

function endedBefore(home: Home): QueuectlError {
  const message = `the supervisor for ${home.dir} ended before it was done`;
  return new QueuectlError("not_running", message, { hint: "queuectl worker logs says why" });
}

function late(what: string, timeoutMs: number): QueuectlError {
  return new QueuectlError("timed_out", `after ${timeoutMs / 1000} s ${what}`, {
    hint: "the supervisor goes on; queuectl worker list shows its progress, queuectl worker logs its log",
  });
}
