/**
 * Strays: processes of an attempt that left its group and its tree (a daemon: setsid and two forks). Only their
 * environment still tells where they come from. Needs /proc; elsewhere none are found.
 */
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { signalProcess } from "../system/process-group.js";
import { type ProcessEntry, processTable } from "../system/process-table.js";

/** What the environment of every process of one attempt holds. */
export interface Marker {
  /** The home directory: ids and fences of another queue may be the same. */
  readonly home: string;
  readonly jobId: string;
  readonly fence: number;
}

/** Null if the environment has no marker, so that there is nothing to look for. */
export function markerIn(env: Readonly<Record<string, string>>): Marker | null {
  const { QUEUECTL_HOME: home, QUEUECTL_JOB_ID: jobId, QUEUECTL_FENCE: fence } = env;
  if (home === undefined || jobId === undefined || fence === undefined) return null;
  return { home, jobId, fence: Number(fence) };
}

/** Never the calling process itself. @throws Error if the system would not tell. */
export function findStrays(marker: Marker, procRoot = "/proc", table?: readonly ProcessEntry[]): ProcessEntry[] {
  if (!existsSync(procRoot)) return [];
  const variables = [
    `QUEUECTL_HOME=${marker.home}`,
    `QUEUECTL_JOB_ID=${marker.jobId}`,
    `QUEUECTL_FENCE=${marker.fence}`,
  ];
  // Environments are bytes, and are compared as such.
  const wanted = variables.map((variable) => `\0${Buffer.from(variable).toString("latin1")}\0`);
  return (table ?? processTable(procRoot)).filter(({ pid }) => {
    if (pid === process.pid) return false;
    const environment = environmentOf(pid, procRoot);
    return wanted.every((variable) => environment.includes(variable));
  });
}

/** KILLs them until none is left. Resolves to false if some would not die within `patienceMs`. */
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

function environmentOf(pid: number, procRoot: string): string {
  try {
    return `\0${readFileSync(`${procRoot}/${pid}/environ`, "latin1")}`;
  } catch {
    // Gone, a kernel thread's, or another user's, which is none of ours.
    return "";
  }
}
