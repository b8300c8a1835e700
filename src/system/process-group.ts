/** Process groups: who is in one, and signals to one. A process that is gone already is never an error. */
import { type ProcessEntry, processTable } from "./process-table.js";

/** The living members of a group; zombies do not count. @throws Error if the system would not tell. */
export function groupMembers(pgid: number, table: readonly ProcessEntry[] = processTable()): ProcessEntry[] {
  // Group 0 is the kernel's own, and 1 the system's first process.
  return pgid > 1 ? table.filter((entry) => entry.pgid === pgid) : [];
}

/** All that descend from one of `roots`, without the roots themselves, whatever group or session they are in. */
export function descendantsOf(roots: ReadonlySet<number>, table: readonly ProcessEntry[]): ProcessEntry[] {
  const family = new Set(roots);
  const found: ProcessEntry[] = [];
  for (let before = -1; before !== found.length; ) {
    before = found.length;
    for (const entry of table) {
      if (family.has(entry.pid) || !family.has(entry.ppid)) continue;
      family.add(entry.pid);
      found.push(entry);
    }
  }
  return found;
}

export function signalGroup(pgid: number, signal: NodeJS.Signals): void {
  // A group of 0 or 1 would be ours, or everybody's.
  if (pgid > 1) signalProcess(-pgid, signal);
}

/** A negative pid is a group. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // ESRCH: gone. EPERM: it changed its user, and nothing can be done; who waits for its end will find it alive.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
