/**
 * Stops what runs for a home, from another process: finds out who that is, signals exactly those processes, and waits
 * until they are gone. Usually that is one supervisor; it may also be a keeper that is about to start the next one, or
 * workers that are left of a supervisor that was killed.
 */
import { QueuectlError } from "../src/core/errors.js";
import { livenessOf, type ProcessIdentity } from "../src/exec/identity.js";
import type { Home } from "../src/home.js";
import type { ProcessRecord, Store } from "../src/store/store.js";
import { livingSupervisors, worksAlready } from "./other-home.js";
import { type PidFileContent, readPidFile, removeStalePidFile } from "./pid-file.js";

const LOOK_AGAIN_MS = 20;
/** How often the caller is told what is still waited for. */
const TELL_EVERY_MS = 1000;

export interface StopOptions {
  readonly timeoutMs: number;
  /** Kill the jobs at once and give them back to the queue. */
  readonly force: boolean;
  onWaiting?(jobIds: readonly string[]): void;
}

export interface Stopped {
  readonly workers: number;
  /** The jobs that were cut short and are back in the queue. */
  readonly interrupted: readonly string[];
}

/** @throws ConflictError what runs is another home's @throws QueuectlError `not_running`, or `timed_out` with the jobs that it still waits for */
export async function stopSupervisor(home: Home, store: Store, options: StopOptions): Promise<Stopped> {
  const startedAt = performance.now();
  const seen = new Map<string, ProcessRecord>();
  const signalled = new Set<string>();
  const held = await runningJobs(store);
  await refuseOther(home, store);
  let found = false;
  for (let told = startedAt; ; ) {
    const running = await whoRuns(home, store);
    for (const worker of running.workers) seen.set(worker.id, worker);
    if (running.all.length === 0) break;
    found = true;
    signal(running, options.force, signalled);

    const now = performance.now();
    if (now - startedAt > options.timeoutMs) throw stillRunning(running.all, options, await runningJobs(store));
    if (now - told >= TELL_EVERY_MS) {
      told = now;
      options.onWaiting?.((await runningJobs(store)).map(({ id }) => id));
    }
    await new Promise((wake) => setTimeout(wake, LOOK_AGAIN_MS));
  }
  await removeStalePidFile(home.pidFile);
  if (!found) {
    throw new QueuectlError("not_running", `no supervisor is running for ${home.dir}`, {
      hint: "start one with: queuectl worker start --detach",
    });
  }
  return { workers: seen.size, interrupted: await interruptedOf(store, held) };
}

interface Running {
  readonly supervisor: PidFileContent | null;
  readonly keeper: ProcessIdentity | null;
  readonly workers: readonly ProcessRecord[];
  readonly all: readonly ProcessIdentity[];
}

async function whoRuns(home: Home, store: Store): Promise<Running> {
  const named = readPidFile(home.pidFile);
  const supervisor = named !== null && livenessOf(named) === "alive" ? named : null;
  const keeper = named?.keeper && livenessOf(named.keeper) === "alive" ? named.keeper : null;
  const processes = await store.processes.list();
  const workers = processes.filter((process) => process.kind === "worker" && livenessOf(process) === "alive");
  return { supervisor, keeper, workers, all: [supervisor, keeper, ...workers].filter((one) => one !== null) };
}

/** Workers of a supervisor that is not ours to signal would be waited for in vain. */
async function refuseOther(home: Home, store: Store): Promise<void> {
  const { supervisor, keeper } = await whoRuns(home, store);
  if (supervisor !== null || keeper !== null) return;
  const [other] = await livingSupervisors(store);
  if (other !== undefined) throw worksAlready(other, home);
}

/**
 * Each process once. The keeper first, so that it starts no other supervisor. Workers are their supervisor's affair; those
 * of a supervisor that is gone drain already, and a TERM would tell them to hurry.
 */
function signal({ supervisor, keeper, workers }: Running, force: boolean, signalled: Set<string>): void {
  const send = (process: ProcessIdentity, name: NodeJS.Signals) => {
    const key = `${process.pid} ${process.startTime}`;
    if (!signalled.has(key)) kill(process.pid, name);
    signalled.add(key);
  };
  if (keeper) send(keeper, "SIGTERM");
  if (supervisor) send(supervisor, force ? "SIGQUIT" : "SIGTERM");
  else if (force) for (const worker of workers) send(worker, "SIGQUIT");
}

function kill(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It has ended since we looked.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

type Held = { readonly id: string; readonly fence: number };

async function runningJobs(store: Store): Promise<Held[]> {
  return (await store.leases.leases()).map(({ job, fence }) => ({ id: job.id, fence }));
}

async function interruptedOf(store: Store, held: readonly Held[]): Promise<string[]> {
  const interrupted: string[] = [];
  for (const { id, fence } of held) {
    const attempt = (await store.jobs.attempts(id)).find((candidate) => candidate.fence === fence);
    if (attempt?.outcome === "interrupted") interrupted.push(id);
  }
  return interrupted;
}

function stillRunning(running: readonly ProcessIdentity[], options: StopOptions, jobs: readonly Held[]): QueuectlError {
  const pids = running.map(({ pid }) => pid);
  const waiting = jobs.length > 0 ? `, waiting for ${jobs.map(({ id }) => id).join(", ")}` : "";
  return new QueuectlError("timed_out", `not everything has stopped within ${options.timeoutMs / 1000} s${waiting}`, {
    hint: options.force
      ? `look at what is left with: ps -fp ${pids.join(",")}`
      : "it goes on stopping; to end its jobs now: queuectl worker stop --force",
  });
}
