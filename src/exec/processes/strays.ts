/**
 * Strays: processes that left the group and the tree of their attempt (a daemon: setsid and two forks). Only their
 * environment still tells where they come from. Needs /proc; without it none are found.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { signalProcess } from "../../system/process/group.js";
import { type ProcessEntry, processTable } from "../../system/process/table.js";

/** The marker in the environment of every process of one attempt. */
export interface Marker {
  /** Home directory: another queue may use the same ids and fences. */
  readonly home: string;
  readonly jobId: string;
  readonly fence: number;
}

/** Null: the environment has no marker, so there is nothing to look for. */
export function markerIn(env: Readonly<Record<string, string>>): Marker | null {
  const { QUEUECTL_HOME: home, QUEUECTL_JOB_ID: jobId, QUEUECTL_FENCE: fence } = env;
  if (home === undefined || jobId === undefined || fence === undefined) return null;
  return { home, jobId, fence: Number(fence) };
}

/** Leaves out the calling process. @throws Error if the system does not tell */
export function findStrays(marker: Marker, procRoot = "/proc", table?: readonly ProcessEntry[]): ProcessEntry[] {
  if (!existsSync(procRoot)) return [];
  const variables = [
    `QUEUECTL_HOME=${marker.home}`,
    `QUEUECTL_JOB_ID=${marker.jobId}`,
    `QUEUECTL_FENCE=${marker.fence}`,
  ];
  // Environments are bytes, and are compared as bytes.
  const wanted = variables.map((variable) => `\0${Buffer.from(variable).toString("latin1")}\0`);
  return (table ?? processTable(procRoot)).filter(({ pid }) => {
    if (pid === process.pid) return false;
    const environment = environmentOf(pid, procRoot);
    return wanted.every((variable) => environment.includes(variable));
  });
}

/** Sends KILL until no stray is left. Resolves to false if some are still alive after `patienceMs`. */
export async function killStrays(marker: Marker, patienceMs = 5000): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const strays = findStrays(marker);
    if (strays.length === 0) return true;
    if (performance.now() >= deadline) return false;
    for (const { pid } of strays) signalProcess(pid, "SIGKILL");
    await sleep(5);
  }
}

/** A process whose main thread has ended shows no environment, but its other threads do. */
function environmentOf(pid: number, procRoot: string): string {
  const dir = `${procRoot}/${pid}`;
  const environment = readEnvironment(dir);
  if (environment !== "") return environment;
  const threads = threadsOf(dir).filter((thread) => thread !== String(pid));
  return threads.map((thread) => readEnvironment(`${dir}/task/${thread}`)).find((found) => found !== "") ?? "";
}

/** Each variable between two zero bytes. Empty: it is gone or without memory, or another user's and so not ours. */
function readEnvironment(dir: string): string {
  try {
    const environment = readFileSync(`${dir}/environ`, "latin1");
    return environment === "" ? "" : `\0${environment}`;
  } catch {
    return "";
  }
}

function threadsOf(dir: string): string[] {
  try {
    return readdirSync(`${dir}/task`);
  } catch {
    // The process is gone.
    return [];
  }
}
