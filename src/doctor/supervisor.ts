/** The supervisor, by the two things that tell of it: its PID file, and the lock that the kernel releases. */
import { existsSync } from "node:fs";
import type { Home } from "../home/home.js";
import { isExclusivelyLocked } from "../system/exclusive-lock.js";
import { livenessOf, type ProcessIdentity } from "../system/identity.js";
import { type Check, ok, problem, warning } from "./check.js";

/** `named`: whom the PID file names. */
export function checkSupervisor(home: Home, named: ProcessIdentity | null): Check {
  const locked = isExclusivelyLocked(home.lockDb);
  const alive = named !== null && livenessOf(named) === "alive";
  if (alive && locked) return ok("supervisor", `it runs with the pid ${named.pid}`);
  if (locked) {
    const hint = `if this lasts, find out who with: fuser -v ${home.lockDb}`;
    return problem("supervisor", "somebody has its lock, but the PID file does not name a process that lives", hint);
  }
  if (alive) {
    const hint = `look at it with: ps -fp ${named.pid}; then end it and start it again`;
    return problem("supervisor", `the process ${named.pid} is there but does not have the lock`, hint);
  }
  if (!existsSync(home.pidFile)) return ok("supervisor", "none runs");
  const hint = "queuectl worker start replaces it, queuectl worker stop removes it";
  return warning("supervisor", "none runs, and the PID file of a former one is still there", hint);
}
