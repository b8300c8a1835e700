/**
 * The pools of a home. A pool is a supervisor with its workers. It has a name, and files of its own: a PID file, the
 * database whose lock allows one supervisor of this name, and the log of a detached supervisor.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isName } from "../core/job/ids.js";
import type { Home } from "./home.js";

export interface Pool {
  readonly name: string;
  readonly pidFile: string;
  readonly lockDb: string;
  readonly logFile: string;
}

/** Name of a pool that was given none. */
export const MAIN_POOL = "main";

/** @param name fit for a path, see `checkName` */
export function poolOf({ dir, logsDir }: Pick<Home, "dir" | "logsDir">, name: string): Pool {
  const files = name === MAIN_POOL ? "supervisor" : `supervisor-${name}`;
  return {
    name,
    pidFile: join(dir, `${files}.pid`),
    lockDb: join(dir, `${files}.lock.db`),
    logFile: join(logsDir, `${files}.log`),
  };
}

/** The main pool, and after it, by name, the pools that have or had a supervisor. Makes nothing. */
export function poolsOf(home: Home): Pool[] {
  const names = entriesOf(home.dir).flatMap((entry) => {
    const [, name] = /^supervisor-(.+)\.(?:pid|lock\.db)$/.exec(entry) ?? [];
    return name !== undefined && name !== MAIN_POOL && isName(name) ? [name] : [];
  });
  return [...new Set([MAIN_POOL, ...names])].sort(comparePools).map((name) => poolOf(home, name));
}

/** The order in which the names of pools are listed: main first, and main-10 after main-9. */
export function comparePools(a: string, b: string): number {
  if (a === MAIN_POOL || b === MAIN_POOL) return a === b ? 0 : a === MAIN_POOL ? -1 : 1;
  return a.length - b.length || (a < b ? -1 : 1);
}

/**
 * The flag by which a command that takes `--name` means this one of the pools that run. Empty: it is the only one, and
 * the command means it without the flag.
 */
export function nameFlag(pools: readonly string[], pool: string | undefined): string {
  return pools.length > 1 && pool !== undefined ? ` --name ${pool}` : "";
}

/** The flag with which `worker start` makes a pool of this name, and `worker stop` spares every other one. */
export function ownNameFlag(pool: string | undefined): string {
  return pool === MAIN_POOL || pool === undefined ? "" : ` --name ${pool}`;
}

function entriesOf(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    // There is no home yet, or what is wrong with it is said by its checks.
    return [];
  }
}
