/** Checks the supervisor by its two traces: its PID file, and the lock that the kernel releases. */
import { existsSync } from "node:fs";
import type { Home } from "../home/home.js";
import { isExclusivelyLocked } from "../system/exclusive-lock.js";
import { livenessOf, type ProcessIdentity } from "../system/identity.js";
import { type Check, ok, problem, warning } from "./check.js";

/** @param named process in the PID file */
export function checkSupervisor(home: Home, named: ProcessIdentity | null): Check {
  const locked = isExclusivelyLocked(home.lockDb);
  const alive = named !== null && livenessOf(named) === "alive";
  if (alive && locked) return ok("supervisor", `it runs with the pid ${named.pid}`);
  if (locked) {
    const hint = `if this lasts, find out who with: fuser -v ${home.lockDb}`;
    return problem("supervisor", "its lock is held, but the PID file names no living process", hint);
  }
  if (alive) {
    const hint = `look at it with: ps -fp ${named.pid}; then end it and start it again`;
    return problem("supervisor", `the process ${named.pid} is there but does not have the lock`, hint);
  }
  if (!existsSync(home.pidFile)) return ok("supervisor", "none runs");
  const hint = "queuectl worker start replaces it, queuectl worker stop removes it";
  return warning("supervisor", "none runs, but the PID file of an earlier one is still there", hint);
}
