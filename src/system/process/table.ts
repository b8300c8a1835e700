/**
 * The process table: from /proc, or from ps where there is no /proc (macOS). Zombies are left out: they run nothing and
 * hold nothing, and a container's first process may never reap them. A process of which only the main thread has ended
 * is no zombie, although it looks like one.
 *
 * A missing process is an answer. A failed look (no free descriptors, say) is an exception, because it must not make a
 * living process count as dead. On Linux an empty or missing /proc is such a look: ps would need it as well.
 */
import { closeSync, existsSync, openSync, readdirSync, readSync } from "node:fs";
import { UnusableError } from "../../core/errors.js";
import { askSystem } from "../ask-system.js";

export interface ProcessEntry {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  /** Tells this process from a later one with the same pid. Only for comparison; its unit does not matter. */
  readonly startTime: string;
  /** Whether it has executed no program since its fork. False where the system does not tell. */
  readonly forkOnly: boolean;
}

/** Its path on macOS. */
export const PS = "/bin/ps";

/** The kernel's PF_FORKNOEXEC, one of the flags in a process's stat. */
const FORK_ONLY = 0x40;

const PROC = "/proc";

const STAT_BYTES = 1024;
const buffer = Buffer.allocUnsafe(STAT_BYTES);

/** @throws UnusableError on Linux without /proc */
export function checkProc(procRoot = PROC): void {
  if (procRoot !== PROC || process.platform !== "linux" || existsSync(`${PROC}/self/stat`)) return;
  throw new UnusableError(
    "/proc is not mounted, and without it queuectl cannot tell which processes live",
    "mount it: mount -t proc proc /proc; in a chroot or a container, let it have one",
  );
}

/** @throws Error if the system does not tell */
export function processTable(procRoot = PROC): ProcessEntry[] {
  checkProc(procRoot);
  if (!existsSync(procRoot)) return fromPs(["-A"]);
  const table: ProcessEntry[] = [];
  for (const name of readdirSync(procRoot)) {
    const entry = Number(name) > 0 ? fromStat(Number(name), procRoot) : null;
    if (entry) table.push(entry);
  }
  return table;
}

/** Null: the process is gone or a zombie. @throws Error if the system does not tell */
export function processEntry(pid: number, procRoot = PROC): ProcessEntry | null {
  const entry = existsSync(procRoot) ? fromStat(pid, procRoot) : null;
  if (entry !== null) return entry;
  checkProc(procRoot);
  return existsSync(procRoot) ? null : (fromPs(["-p", String(pid)])[0] ?? null);
}

function fromStat(pid: number, procRoot: string): ProcessEntry | null {
  let fd: number | undefined;
  try {
    fd = openSync(`${procRoot}/${pid}/stat`, "r");
    return parseStat(pid, buffer.toString("latin1", 0, readSync(fd, buffer, 0, STAT_BYTES, 0)));
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** The second field is the command in parentheses and may contain parentheses itself, so the last one counts. */
function parseStat(pid: number, stat: string): ProcessEntry | null {
  const [state, ppid, pgid, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [, , , flags] = rest;
  const threads = Number(rest[14]);
  const startTime = rest[16];
  // The main thread of a process may have ended while others run: it shows as a zombie, and counts among the threads.
  if (startTime === undefined || state === "X" || (state === "Z" && threads <= 1)) return null;
  return { pid, ppid: Number(ppid), pgid: Number(pgid), startTime, forkOnly: (Number(flags) & FORK_ONLY) !== 0 };
}

function fromPs(selection: readonly string[]): ProcessEntry[] {
  const format = ["-o", "pid=", "-o", "ppid=", "-o", "pgid=", "-o", "stat=", "-o", "lstart="];
  const table: ProcessEntry[] = [];
  for (const line of askSystem(PS, [...selection, ...format]).split("\n")) {
    const [pid, ppid, pgid, state, ...lstart] = line.trim().split(/\s+/);
    if (lstart.length === 0 || state?.startsWith("Z")) continue;
    const startTime = lstart.join(" ");
    table.push({ pid: Number(pid), ppid: Number(ppid), pgid: Number(pgid), startTime, forkOnly: false });
  }
  return table;
}
