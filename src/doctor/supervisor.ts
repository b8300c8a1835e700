/** Checks the supervisor of each pool by its two traces: its PID file, and the lock that the kernel releases. */
import { existsSync } from "node:fs";
import { quoteWord } from "../core/text/quote-word.js";
import type { Home } from "../home/home.js";
import { readPidFile } from "../home/pid-file.js";
import { MAIN_POOL, ownNameFlag, type Pool, poolsOf } from "../home/pool.js";
import { isExclusivelyLocked } from "../system/exclusive-lock.js";
import { livenessOf } from "../system/process/identity.js";
import { type Check, ok, problem, warning } from "./check.js";

/** One check for each pool that left a trace, and one for main. */
export function supervisorChecks(home: Home): { readonly name: string; look(): Check }[] {
  const left = poolsOf(home).filter(
    ({ name, pidFile, lockDb }) => name === MAIN_POOL || existsSync(pidFile) || isExclusivelyLocked(lockDb),
  );
  return left.map((pool) => {
    const name = pool.name === MAIN_POOL ? "supervisor" : `pool ${pool.name}`;
    return { name, look: () => checkSupervisor(name, pool) };
  });
}

function checkSupervisor(check: string, { name, pidFile, lockDb }: Pool): Check {
  const named = readPidFile(pidFile);
  const locked = isExclusivelyLocked(lockDb);
  const alive = named !== null && livenessOf(named) === "alive";
  if (alive && locked) return ok(check, `it runs with the pid ${named.pid}`);
  if (locked) {
    const hint = `if this lasts, find out who with: fuser -v ${quoteWord(lockDb)}`;
    return problem(check, "its lock is held, but the PID file names no living process", hint);
  }
  if (alive) {
    const hint = `look at it with: ps -fp ${named.pid}; then end it and start it again`;
    return problem(check, `the process ${named.pid} is there but does not have the lock`, hint);
  }
  if (!existsSync(pidFile)) return ok(check, "none runs");
  const hint = `queuectl worker start${ownNameFlag(name)} replaces it, queuectl worker stop --name ${name} removes it`;
  return warning(check, "none runs, but the PID file of an earlier one is still there", hint);
}
