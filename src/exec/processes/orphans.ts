/**
 * Ends the launchers that a dead worker left behind, with every process that descends from them. Their own lifelines do
 * the same at that moment; but a supervisor must not run a job again before they have finished, and a lifeline may have
 * been killed.
 *
 * A launcher is stopped first, so that it adopts what its descendants hand over until the last one is gone.
 */
import { readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Children } from "../../system/process/children.js";
import { descendantsOf, signalGroup, signalProcess } from "../../system/process/group.js";
import { type ProcessEntry, processTable } from "../../system/process/table.js";

/** The word that tells a launcher in the process table; the id of its worker follows. */
export const LAUNCHER = "queuectl-launcher";

/** Resolves to false if a process is still there after `patienceMs`. @throws Error if the system does not tell */
export async function endLaunchers(workerId: string, patienceMs = 5000): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const table = processTable();
    const launchers = table.filter(({ pid }) => isLauncherOf(workerId, pid));
    if (launchers.length === 0) return true;
    if (performance.now() >= deadline) return false;
    endAll(launchers, table);
    await sleep(5);
  }
}

/** Spares the lifelines' readers. They go on if this process dies. Another fork may have become a command meanwhile. */
function endAll(launchers: readonly ProcessEntry[], table: readonly ProcessEntry[]): void {
  const leaders = launchers.filter(({ pid, pgid }) => pid === pgid);
  const readers = new Set(launchers.filter(({ pid }) => isReader(pid)).map(({ pid }) => pid));
  for (const { pid } of leaders) signalProcess(pid, "SIGSTOP");
  const roots = new Set(leaders.map(({ pid }) => pid));
  for (const { pid } of descendantsOf(roots, table)) if (!readers.has(pid)) signalProcess(pid, "SIGKILL");
  for (const { pid } of leaders) {
    const children = new Children(pid);
    children.killOthers((child) => readers.has(child));
    if (children.others((child) => readers.has(child)).length === 0) signalGroup(pid, "SIGKILL");
    children.close();
  }
}

/** Of a launcher's processes only the reader has the lifeline, which is a socket (launcher-script.ts). */
function isReader(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/fd/3`).startsWith("socket:");
  } catch {
    return false;
  }
}

/** A fork of a launcher has the same words until it becomes a command. */
function isLauncherOf(workerId: string, pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(`\0${LAUNCHER}\0${workerId}\0`);
  } catch {
    // The process is gone, or there is no /proc.
    return false;
  }
}
