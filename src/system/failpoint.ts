/**
 * Failpoints: places where a test may let a process die, right after an event and right before another process learns
 * of it. They exist only in the build of the fault tests (`node scripts/build.js --faults`). In the published build
 * FAILPOINTS is the constant false, and the bundler removes this file and every call.
 *
 * QUEUECTL_FAILPOINT arms one: `NAME:ACTION:MARKER`. The first process that reaches NAME creates the file MARKER and
 * acts. A later process finds the file and goes on. So each test has one fault, and the recovery is not hit again.
 */
import { closeSync, openSync, readFileSync } from "node:fs";

declare const FAILPOINTS: boolean;

export type FailpointName =
  | "after-claim"
  | "before-start"
  | "after-start"
  | "exited-unsettled"
  | "in-transaction"
  | "settled-unacknowledged"
  | "renewing"
  | "reclaiming"
  | "draining"
  | "mid-firing"
  | "fired-unannounced";

export function failpoint(name: FailpointName): void {
  if (typeof FAILPOINTS === "undefined" || !FAILPOINTS) return;
  const [armed, action, ...marker] = (process.env.QUEUECTL_FAILPOINT ?? "").split(":");
  if (armed !== name || !isFirst(marker.join(":"))) return;
  const others = isWorker() ? [process.ppid] : childrenOf(process.pid);
  const victims = isWorker()
    ? { worker: [process.pid], supervisor: others, both: [...others, process.pid], freeze: [process.pid] }
    : { worker: others, supervisor: [process.pid], both: [...others, process.pid], freeze: [process.pid] };
  const signal = action === "freeze" ? "SIGSTOP" : "SIGKILL";
  for (const pid of victims[action as keyof typeof victims]) process.kill(pid, signal);
}

function isFirst(marker: string): boolean {
  try {
    closeSync(openSync(marker, "wx"));
    return true;
  } catch {
    return false;
  }
}

/** A worker whose supervisor is gone has no parent that it may kill. With another action it does not get here. */
function isWorker(): boolean {
  return process.connected === true && process.argv[1]?.endsWith("worker.js") === true;
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}

/** Whether a test wants jobs to be claimed ahead all the time, however long they take. */
export function alwaysAhead(): boolean {
  return typeof FAILPOINTS !== "undefined" && FAILPOINTS && process.env.QUEUECTL_ALWAYS_AHEAD === "1";
}
