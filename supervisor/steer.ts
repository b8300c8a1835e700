/**
 * Changes the pool of a running supervisor, from another process. What is wanted goes into the store as an order, since a
 * signal carries no number and two of a kind may arrive as one; a HUP then only makes the supervisor look at once. It is sent
 * to nobody but the process that the PID file names, with its start time. The store tells when the pool is as it was wanted.
 */
import { ConflictError, QueuectlError } from "../src/core/errors.js";
import { livenessOf } from "../src/exec/identity.js";
import type { Home } from "../src/home.js";
import type { Order, ProcessRecord, Store } from "../src/store/store.js";
import { type PidFileContent, readPidFile } from "./pid-file.js";

const LOOK_AGAIN_MS = 20;
/** How often the caller is told what is still waited for. */
const TELL_EVERY_MS = 1000;

export interface SteerOptions {
  readonly timeoutMs: number;
  onWaiting?(jobIds: readonly string[]): void;
}

/** The pids of the workers. */
export interface Steered {
  /** Those that are ready and stay. */
  readonly workers: readonly number[];
  /** Those that finish what they run and then leave. */
  readonly draining: readonly number[];
}

/** @throws QueuectlError `not_running`, `conflict` while it stops, or `timed_out` */
export function scalePool(home: Home, store: Store, workers: number, options: SteerOptions): Promise<Steered> {
  return steer(home, store, options, {
    order: { kind: "scale", workers },
    isDone: (pool) => pool.starting.length === 0 && pool.ready.length === workers,
    late: (pool) => `the pool has ${pool.ready.length} of ${workers} workers ready`,
  });
}

/** @throws QueuectlError as {@link scalePool} */
export function restartPool(home: Home, store: Store, options: SteerOptions): Promise<Steered> {
  let before: readonly string[] | null = null;
  const left = (pool: Pool) => pool.all.filter(({ id }) => before?.includes(id));
  return steer(home, store, options, {
    order: { kind: "restart" },
    isDone: (pool) => {
      before ??= [...pool.starting, ...pool.ready].map(({ id }) => id);
      return left(pool).length === 0 && pool.starting.length === 0 && pool.ready.length >= before.length;
    },
    waitsFor: left,
    late: (pool) => `${left(pool).length} of ${before?.length} workers have not been replaced`,
  });
}

interface Pool {
  readonly all: readonly ProcessRecord[];
  readonly starting: readonly ProcessRecord[];
  readonly ready: readonly ProcessRecord[];
  readonly draining: readonly ProcessRecord[];
}

interface Wish {
  readonly order: Order;
  isDone(pool: Pool): boolean;
  /** Workers whose jobs have to end first. */
  waitsFor?(pool: Pool): readonly ProcessRecord[];
  late(pool: Pool): string;
}

async function steer(home: Home, store: Store, options: SteerOptions, wish: Wish): Promise<Steered> {
  const deadline = performance.now() + options.timeoutMs;
  const named = readPidFile(home.pidFile);
  let given = false;
  for (let told = performance.now(); ; ) {
    if (named === null || livenessOf(named) !== "alive") throw notRunning(home, given);
    const processes = await store.processes.list();
    const pool = poolOf(processes, named.id);
    // Looked at before the order is given as well: a restart has to know whom it replaces.
    const done = wish.isDone(pool);
    if (!given) given = await give(store, processes, named, wish.order);
    else if (done) return { workers: pidsOf(pool.ready), draining: pidsOf(pool.draining) };

    const now = performance.now();
    if (now > deadline) throw late(wish.late(pool), options.timeoutMs);
    if (now - told >= TELL_EVERY_MS) {
      told = now;
      options.onWaiting?.(await jobsOf(store, wish.waitsFor?.(pool) ?? []));
    }
    await new Promise((wake) => setTimeout(wake, LOOK_AGAIN_MS));
  }
}

/** False: it has not registered yet. */
async function give(
  store: Store,
  processes: readonly ProcessRecord[],
  named: PidFileContent,
  order: Order,
): Promise<boolean> {
  const state = processes.find(({ id }) => id === named.id)?.state;
  if (state === "draining") {
    throw new ConflictError(`the supervisor (pid ${named.pid}) is stopping`, "start another when it has stopped");
  }
  if (!(await store.processes.order(named.id, order))) return false;
  // One that starts does not listen yet, and would die of it; it looks by itself within a second.
  if (state === "running" || state === "degraded") process.kill(named.pid, "SIGHUP");
  return true;
}

function poolOf(processes: readonly ProcessRecord[], supervisorId: string): Pool {
  const all = processes.filter(
    (process) => process.kind === "worker" && process.supervisorId === supervisorId && livenessOf(process) === "alive",
  );
  const ofState = (...states: ProcessRecord["state"][]) => all.filter(({ state }) => states.includes(state));
  return { all, starting: ofState("starting"), ready: ofState("running", "degraded"), draining: ofState("draining") };
}

async function jobsOf(store: Store, workers: readonly ProcessRecord[]): Promise<string[]> {
  const leases = await store.leases.leases();
  return leases.filter(({ workerId }) => workers.some(({ id }) => id === workerId)).map(({ job }) => job.id);
}

function pidsOf(processes: readonly ProcessRecord[]): number[] {
  return processes.map(({ pid }) => pid);
}

function notRunning(home: Home, given: boolean): QueuectlError {
  const message = given
    ? `the supervisor for ${home.dir} ended before it was done`
    : `no supervisor is running for ${home.dir}`;
  const hint = given ? "queuectl worker logs says why" : "start one with: queuectl worker start --detach";
  return new QueuectlError("not_running", message, { hint });
}

function late(what: string, timeoutMs: number): QueuectlError {
  return new QueuectlError("timed_out", `after ${timeoutMs / 1000} s ${what}`, {
    hint: "the supervisor goes on with it; queuectl worker list shows how far it is, queuectl worker logs what it says",
  });
}
