/**
 * Stops the supervisor of a home from another process: finds out who that is, signals exactly that process, and waits
 * until it is gone.
 */
import { QueuectlError } from "../src/core/errors.js";
import { livenessOf } from "../src/exec/identity.js";
import type { Home } from "../src/home.js";
import type { Store } from "../src/store/store.js";
import { readLiveSupervisor, removeStalePidFile } from "./pid-file.js";

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

/** @throws QueuectlError `not_running`, or `timed_out` with the jobs that it still waits for */
export async function stopSupervisor(home: Home, store: Store, options: StopOptions): Promise<Stopped> {
  const supervisor = readLiveSupervisor(home.pidFile);
  if (supervisor === null) {
    await removeStalePidFile(home.pidFile);
    throw new QueuectlError("not_running", `no supervisor is running for ${home.dir}`, {
      hint: "start one with: queuectl worker start --detach",
    });
  }
  const workers = (await store.processes.list()).filter(({ supervisorId }) => supervisorId === supervisor.id);
  const held = await runningJobs(store, workers);
  process.kill(supervisor.pid, options.force ? "SIGQUIT" : "SIGTERM");

  const startedAt = performance.now();
  for (let told = startedAt; livenessOf(supervisor) !== "dead"; ) {
    const now = performance.now();
    if (now - startedAt > options.timeoutMs)
      throw stillRunning(supervisor.pid, options, await runningJobs(store, workers));
    if (now - told >= TELL_EVERY_MS) {
      told = now;
      options.onWaiting?.((await runningJobs(store, workers)).map(({ id }) => id));
    }
    await new Promise((wake) => setTimeout(wake, LOOK_AGAIN_MS));
  }
  return { workers: workers.length, interrupted: await interruptedOf(store, held) };
}

type Held = { readonly id: string; readonly fence: number };

async function runningJobs(store: Store, workers: readonly { id: string }[]): Promise<Held[]> {
  const ids = new Set(workers.map(({ id }) => id));
  const leases = await store.leases.leases();
  return leases.filter(({ workerId }) => ids.has(workerId)).map(({ job, fence }) => ({ id: job.id, fence }));
}

async function interruptedOf(store: Store, held: readonly Held[]): Promise<string[]> {
  const interrupted: string[] = [];
  for (const { id, fence } of held) {
    const attempt = (await store.jobs.attempts(id)).find((candidate) => candidate.fence === fence);
    if (attempt?.outcome === "interrupted") interrupted.push(id);
  }
  return interrupted;
}

function stillRunning(pid: number, options: StopOptions, jobs: readonly Held[]): QueuectlError {
  const waiting = jobs.length > 0 ? `, waiting for ${jobs.map(({ id }) => id).join(", ")}` : "";
  return new QueuectlError(
    "timed_out",
    `supervisor ${pid} has not stopped within ${options.timeoutMs / 1000} s${waiting}`,
    {
      hint: options.force
        ? `look at it with: ps -fp ${pid}`
        : "it goes on stopping; to end its jobs now: queuectl worker stop --force",
    },
  );
}
