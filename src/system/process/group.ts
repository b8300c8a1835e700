/** Process groups: their members, and signals to them. A process that is already gone is never an error. */
import { type ProcessEntry, processTable } from "./table.js";

/** The living members of a group; zombies do not count. @throws Error if the system does not tell */
export function groupMembers(pgid: number, table: readonly ProcessEntry[] = processTable()): ProcessEntry[] {
  // Group 0 is the kernel's own, and 1 the system's first process.
  return pgid > 1 ? table.filter((entry) => entry.pgid === pgid) : [];
}

/**
 * All descendants of `roots` without the roots, in any group or session. Every process descends from the kernel's 0 and
 * the system's 1, so as roots they have none.
 */
export function descendantsOf(roots: ReadonlySet<number>, table: readonly ProcessEntry[]): ProcessEntry[] {
  const family = new Set([...roots].filter((pid) => pid > 1));
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
  // Group 0 is our own, and group 1 would be every process.
  if (pgid > 1) signalProcess(-pgid, signal);
}

/** A negative pid is a group. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // ESRCH: the process is gone. EPERM: it changed its user, which we cannot help; a caller that waits for its end
    // finds it alive.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
