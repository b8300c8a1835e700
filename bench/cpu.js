/** Processor time from /proc: of the processes of a queue, by what they do, and of programs that have ended. */
import { readdirSync, readFileSync } from "node:fs";

/** Of /proc/PID/stat, whatever the machine: it is part of the kernel's interface. */
const MS_PER_TICK = 10;

export const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** A process and all that descend from it, each with its depth. */
export function family(root) {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), parent: Number(statOf(pid)?.[1]) }));
  const found = [{ pid: root, depth: 0 }];
  for (const { pid, depth } of found) {
    found.push(...parents.filter(({ parent }) => parent === pid).map(({ pid }) => ({ pid, depth: depth + 1 })));
  }
  return found;
}

/** The fields from the third on, after the name; undefined if the process has gone. */
function statOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1).split(" ");
  } catch {
    return undefined;
  }
}

/** Milliseconds of the process itself, and of its children that have ended, with theirs. */
function timesOf(pid) {
  const stat = statOf(pid);
  if (stat === undefined) throw new Error("a process of the queue ended while it was measured");
  const [user, system, childrenUser, childrenSystem] = stat.slice(11, 15).map(Number);
  return { own: (user + system) * MS_PER_TICK, children: (childrenUser + childrenSystem) * MS_PER_TICK };
}

/** Of all processes of a supervisor, milliseconds. */
export function ownTime(processes) {
  return sum(processes.map(({ pid }) => timesOf(pid).own));
}

/**
 * Milliseconds of a supervisor and its workers, of the shells that are its launchers and readers, and of the commands
 * that these have run.
 */
export function queueTimes(supervisor) {
  const times = family(supervisor).map(({ pid, depth }) => ({ isShell: depth > 1, ...timesOf(pid) }));
  const shells = times.filter(({ isShell }) => isShell);
  const others = times.filter(({ isShell }) => !isShell);
  return {
    worker: sum(others.map(({ own }) => own)),
    launcher: sum(shells.map(({ own }) => own)),
    command: sum(shells.map(({ children }) => children)),
  };
}

/** Runs `work`, which waits for programs to end. Resolves to what it does and their milliseconds. */
export async function withTime(work) {
  const before = timesOf("self").children;
  const result = await work();
  return { result, ms: timesOf("self").children - before };
}
