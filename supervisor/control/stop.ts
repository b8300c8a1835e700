/**
 * Stops the processes of a home, from another process. It finds them (find-processes.ts), signals exactly those, and
 * waits until they are gone. It also waits for processes that have already withdrawn their records and are about to
 * exit.
 *
 * A store that cannot be used is no reason to let them run: the PID file names supervisor and keeper with complete
 * identities. Only their jobs are not known then.
 */
import { QueuectlError, StoreUnreachableError, UnusableError } from "../../src/core/errors.js";
import { type Look, waitUntil } from "../../src/core/wait-until.js";
import type { Home } from "../../src/home/home.js";
import { checkJournal } from "../../src/home/journal.js";
import { readLiveSupervisor } from "../../src/home/pid-file.js";
import { checkTrust } from "../../src/home/trust.js";
import type { RunningJob, Store } from "../../src/store/contract/store.js";
import { databaseExists } from "../../src/store/location.js";
import { openStore } from "../../src/store/open.js";
import type { ProcessIdentity } from "../../src/system/identity.js";
import { signalProcess } from "../../src/system/process-group.js";
import { checkProc } from "../../src/system/process-table.js";
import { livingSupervisors, worksAlready } from "../lock/database-owner.js";
import { isAlive, type Running, whoRuns } from "../lock/find-processes.js";
import { removeStalePidFile } from "../lock/pid-file.js";
import { STOP_SIGNALS } from "../run/signals.js";

/** How often the processes are looked for without a store, in milliseconds. */
const POLL_MS = 50;

export interface StopOptions {
  readonly timeoutMs: number;
  /** Kill the jobs at once and give them back to the queue. */
  readonly force: boolean;
  onWaiting?(jobIds: readonly string[]): void;
  /** The database cannot be used, and the processes are stopped without it. */
  onTrouble?(error: QueuectlError): void;
}

export interface Stopped {
  /** Without a database: the wanted number. */
  readonly workers: number;
  /** Jobs that were cut short and are back in the queue. Empty without a database. */
  readonly interrupted: readonly string[];
}

/**
 * @throws ConflictError if the processes belong to another home @throws QueuectlError `not_running`, or `timed_out`
 * with the jobs that are still waited for; or why the database cannot be used, if the PID file names no living process @throws UnusableError on Linux without
 * /proc
 */
export async function stopSupervisor(home: Home, options: StopOptions): Promise<Stopped> {
  checkTrust(home.dir);
  checkProc();
  let store: Store | null = null;
  try {
    store = await openIfThere(home);
    return await stopWith(home, store, options);
  } catch (error) {
    if (!isStoreTrouble(error) || readLiveSupervisor(home.pidFile) === null) throw error;
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
  const seen = new Map<string, ProcessIdentity>();
  const workers = new Set<string>();
  const signalled = new Set<string>();
  const jobsOf = async (ids: Iterable<string>) => (store === null ? [] : store.leases.running([...ids]));
  const first = await whoRuns(home, store);
  const wanted = readLiveSupervisor(home.pidFile)?.workers ?? 0;
  if (store !== null) await refuseOther(home, store, first);
  const held = await jobsOf(first.workers.map(({ id }) => id));
  const look = async (): Promise<Look<void, readonly ProcessIdentity[]>> => {
    const running = await whoRuns(home, store);
    const { supervisor, keeper } = running;
    for (const one of [supervisor, keeper, ...running.workers]) if (one) seen.set(keyOf(one), one);
    for (const { id } of running.workers) workers.add(id);
    const left = [...seen.values()].filter(isAlive);
    if (left.length === 0) return { result: undefined };
    signal(running, options.force, signalled);
    return { missing: left };
  };
  await waitUntil(look, {
    timeoutMs: options.timeoutMs,
    pauseMs: store?.pollMs.processes ?? POLL_MS,
    tell: async () => options.onWaiting?.((await jobsOf(workers)).map(({ id }) => id)),
    late: async (left) => stillRunning(left, options, await jobsOf(workers)),
  });
  // On a disk that cannot be written the file stays. It names a dead process.
  await removeStalePidFile(home.pidFile).catch(() => {});
  if (seen.size === 0) {
    throw new QueuectlError("not_running", `no supervisor is running for ${home.dir}`, {
      hint: "start one with: queuectl worker start --detach",
    });
  }
  if (store === null) return { workers: wanted, interrupted: [] };
  return { workers: workers.size, interrupted: await interruptedOf(store, held) };
}

/** Workers of a supervisor that is not ours to signal would never end. */
async function refuseOther(home: Home, store: Store, { supervisor, keeper }: Running): Promise<void> {
  if (!store.oneHome || supervisor !== null || keeper !== null) return;
  const [other] = await livingSupervisors(store);
  if (other !== undefined) throw worksAlready(other, home);
}

/**
 * Signals each process once. The keeper comes first, so that it starts no other supervisor. Workers are left to their
 * supervisor. Workers without one drain already, and a TERM would hurry them.
 */
function signal({ supervisor, keeper, workers }: Running, force: boolean, signalled: Set<string>): void {
  const send = (process: ProcessIdentity, name: NodeJS.Signals) => {
    const key = keyOf(process);
    if (!signalled.has(key)) signalProcess(process.pid, name);
    signalled.add(key);
  };
  if (keeper) send(keeper, "SIGTERM");
  if (supervisor) send(supervisor, force ? STOP_SIGNALS.kill : STOP_SIGNALS.drain);
  else if (force) for (const worker of workers) send(worker, STOP_SIGNALS.kill);
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
  const waiting = jobs.length > 0 ? `, waiting for ${jobs.map(({ id }) => id).join(", ")}` : "";
  return new QueuectlError("timed_out", `not everything has stopped within ${options.timeoutMs / 1000} s${waiting}`, {
    hint: options.force
      ? `look at what is left with: ps -fp ${pids.join(",")}`
      : "it goes on stopping; to end its jobs now: queuectl worker stop --force",
  });
}
