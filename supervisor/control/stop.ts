/**
 * Stops the pools of a home, or one of them, from another process. It finds their processes (find-processes.ts), signals
 * exactly those, and waits until they are gone. It also waits for processes that have already withdrawn their records
 * and are about to exit. A pool that starts meanwhile is left alone, also if it gets the name of one that has gone.
 *
 * A store that cannot be used is no reason to let them run: the PID files name supervisors and keepers with complete
 * identities. Only their jobs are not known then.
 */
import { QueuectlError, StoreUnreachableError, UnusableError } from "../../src/core/errors.js";
import { type Look, waitUntil } from "../../src/core/wait-until.js";
import type { Home } from "../../src/home/home.js";
import { checkJournal } from "../../src/home/journal.js";
import { livingPools } from "../../src/home/pid-file.js";
import { type Pool, poolOf, poolsOf } from "../../src/home/pool.js";
import { checkTrust } from "../../src/home/trust.js";
import type { RunningJob, Store } from "../../src/store/contract/store.js";
import { databaseExists } from "../../src/store/location.js";
import { openStore } from "../../src/store/open.js";
import { signalProcess } from "../../src/system/process/group.js";
import type { ProcessIdentity } from "../../src/system/process/identity.js";
import { checkProc } from "../../src/system/process/table.js";
import { supervisorOfOtherHome, worksAlready } from "../lock/database-owner.js";
import { isAlive, type RunningPool, whoRuns } from "../lock/find-processes.js";
import { removeStalePidFile } from "../lock/pid-file.js";
import { STOP_SIGNALS } from "../run/signals.js";
import { namedPool, notRunning } from "./choose-pool.js";

/** How often the processes are looked for without a store, in milliseconds. */
const POLL_MS = 50;

export interface StopOptions {
  /** Name of the pool, or pid of its supervisor. Null: every pool of the home. */
  readonly pool: string | null;
  readonly timeoutMs: number;
  /** Kill the jobs at once and give them back to the queue. */
  readonly force: boolean;
  onWaiting?(jobIds: readonly string[]): void;
  /** The database cannot be used, and the processes are stopped without it. */
  onTrouble?(error: QueuectlError): void;
}

export interface Stopped {
  /** Sum over the pools. Without a database: the wanted number. */
  readonly workers: number;
  /** Jobs that were cut short and are back in the queue. Empty without a database. */
  readonly interrupted: readonly string[];
}

/**
 * @throws ConflictError if the processes belong to another home @throws QueuectlError `not_running`, or `timed_out`
 * with the jobs that are still waited for; or why the database cannot be used, if no PID file names a living process
 * @throws UnusableError on Linux without /proc
 */
export async function stopPools(home: Home, options: StopOptions): Promise<Stopped> {
  checkTrust(home.dir);
  checkProc();
  let store: Store | null = null;
  try {
    store = await openIfThere(home);
    return await stopWith(home, store, options);
  } catch (error) {
    const isNamed = livingPools(home).some(({ supervisor }) => supervisor.db === home.database.shown);
    if (!isStoreTrouble(error) || !isNamed) throw error;
    options.onTrouble?.(error);
    return await stopWith(home, null, options);
  } finally {
    await store?.close().catch(() => {});
  }
}

/** Nothing of the home is made or checked: what is wrong with it must not keep its processes running. */
async function openIfThere(home: Home): Promise<Store | null> {
  if (!databaseExists(home.database)) return null;
  await checkJournal(home);
  return openStore({ database: home.database, home: home.dir, create: false });
}

function isStoreTrouble(error: unknown): error is QueuectlError {
  return error instanceof UnusableError || error instanceof StoreUnreachableError;
}

async function stopWith(home: Home, store: Store | null, options: StopOptions): Promise<Stopped> {
  const jobsOf = async (ids: Iterable<string>) => (store === null ? [] : store.leases.running([...ids]));
  const running = await whoRuns(home, store);
  const wanted = wantedWorkers(home);
  if (store !== null && running.every(({ supervisor, keeper }) => supervisor === null && keeper === null)) {
    const other = await supervisorOfOtherHome(home, store);
    // Workers of a supervisor that is not ours to signal would never end.
    if (other !== undefined) throw worksAlready(other, home);
  }
  if (options.pool !== null) await removeStalePidFile(poolOf(home, options.pool).pidFile).catch(() => {});
  const chosen = options.pool === null ? running : [namedPool(home, running, options.pool)];
  const held = await jobsOf(chosen.flatMap(({ workers }) => workers.map(({ id }) => id)));
  const stopping = new Map(chosen.map(({ name }) => [name, new Stopping(options.force)]));
  const workers = () => [...stopping.values()].flatMap((pool) => [...pool.workers]);
  const look = async (): Promise<Look<void, readonly ProcessIdentity[]>> => {
    for (const pool of await whoRuns(home, store)) stopping.get(pool.name)?.look(pool);
    const left = [...stopping.values()].flatMap((pool) => pool.left());
    return left.length === 0 ? { result: undefined } : { missing: left };
  };
  await waitUntil(look, {
    timeoutMs: options.timeoutMs,
    pauseMs: store?.pollMs.processes ?? POLL_MS,
    tell: async () => options.onWaiting?.((await jobsOf(workers())).map(({ id }) => id)),
    late: async (left) => stillRunning(left, options, await jobsOf(workers())),
  });
  // On a disk that cannot be written the files stay. They name dead processes.
  for (const { pidFile } of options.pool === null ? leftBehind(home) : chosen) {
    await removeStalePidFile(pidFile).catch(() => {});
  }
  if (chosen.length === 0) throw notRunning(home);
  if (store === null) {
    return { workers: chosen.reduce((sum, { name }) => sum + (wanted.get(name) ?? 0), 0), interrupted: [] };
  }
  return { workers: workers().length, interrupted: await interruptedOf(store, held) };
}

/** Pools without a process that would need their PID file. */
function leftBehind(home: Home): Pool[] {
  const living = new Set(livingPools(home).map(({ name }) => name));
  return poolsOf(home).filter(({ name }) => !living.has(name));
}

/** By the name of the pool. */
function wantedWorkers(home: Home): Map<string, number> {
  return new Map(livingPools(home).map(({ name, supervisor }) => [name, supervisor.workers]));
}

/** The stop of one pool: which of its processes were seen and signalled. */
class Stopping {
  /** Ids of its workers. */
  readonly workers = new Set<string>();
  readonly #force: boolean;
  readonly #seen = new Map<string, ProcessIdentity>();
  readonly #signalled = new Set<string>();
  #over = false;

  constructor(force: boolean) {
    this.#force = force;
  }

  look(pool: RunningPool): void {
    if (this.#over) return;
    const { supervisor, keeper, workers } = pool;
    for (const one of [supervisor, keeper, ...workers]) if (one) this.#seen.set(keyOf(one), one);
    for (const { id } of workers) this.workers.add(id);
    if (this.left().length > 0) this.#signalAll(pool);
  }

  /** Processes that still live. Once there are none, a process that is seen later belongs to another start. */
  left(): ProcessIdentity[] {
    const left = [...this.#seen.values()].filter(isAlive);
    if (left.length === 0) this.#over = true;
    return left;
  }

  /**
   * Signals each process once. The keeper comes first, so that it starts no other supervisor. Workers are left to their
   * supervisor. Workers without one drain already, and a TERM would hurry them.
   */
  #signalAll({ supervisor, keeper, workers }: RunningPool): void {
    if (keeper) this.#signal(keeper, "SIGTERM");
    if (supervisor) this.#signal(supervisor, this.#force ? STOP_SIGNALS.kill : STOP_SIGNALS.drain);
    else if (this.#force) for (const worker of workers) this.#signal(worker, STOP_SIGNALS.kill);
  }

  #signal(process: ProcessIdentity, name: NodeJS.Signals): void {
    const key = keyOf(process);
    if (!this.#signalled.has(key)) signalProcess(process.pid, name);
    this.#signalled.add(key);
  }
}

function keyOf({ pid, startTime }: ProcessIdentity): string {
  return `${pid} ${startTime}`;
}

async function interruptedOf(store: Store, held: readonly RunningJob[]): Promise<string[]> {
  const interrupted: string[] = [];
  for (const { id, fence } of held) {
    const attempt = (await store.jobs.attempts(id)).find((candidate) => candidate.fence === fence);
    if (attempt?.outcome === "interrupted") interrupted.push(id);
  }
  return interrupted;
}

function stillRunning(
  running: readonly ProcessIdentity[],
  options: StopOptions,
  jobs: readonly RunningJob[],
): QueuectlError {
  const pids = running.map(({ pid }) => pid);
  const which = options.pool === null ? "" : ` --name ${options.pool}`;
  const waiting = jobs.length > 0 ? `, waiting for ${jobs.map(({ id }) => id).join(", ")}` : "";
  return new QueuectlError("timed_out", `not everything has stopped within ${options.timeoutMs / 1000} s${waiting}`, {
    hint: options.force
      ? `look at what is left with: ps -fp ${pids.join(",")}`
      : `it goes on stopping; to end its jobs now: queuectl worker stop --force${which}`,
  });
}
