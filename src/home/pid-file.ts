/**
 * Reads the PID file. It holds a complete identity, since a bare pid may belong to another process by now. Reading
 * never blocks and follows no link: a FIFO or a link in its place names no process.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import * as v from "valibot";
import { livenessOf, type ProcessIdentity } from "../system/process/identity.js";
import type { Home } from "./home.js";
import { type Pool, poolsOf } from "./pool.js";

const identity = {
  host: v.string(),
  hostId: v.string(),
  bootId: v.string(),
  pidNamespace: v.string(),
  // 1 is the first process of a container. To kill(2), 0 and less name groups of processes.
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  startTime: v.string(),
};
const pidFileContent = v.object({
  ...identity,
  id: v.string(),
  keeper: v.nullable(v.object(identity)),
  workers: v.pipe(v.number(), v.integer(), v.minValue(1)),
  db: v.string(),
});

export interface PidFileContent extends ProcessIdentity {
  /** Id of the supervisor. */
  readonly id: string;
  /** Process that would start it again. Null: in the foreground. */
  readonly keeper: ProcessIdentity | null;
  /** Wanted number of workers: from its command line, until a user scales its pool. */
  readonly workers: number;
  /** Database that it works on, which may lie outside the home. Contains no password. */
  readonly db: string;
}

/** The supervisor in the file, if that process lives. Null: no file, garbage, or a dead process. */
export function readLiveSupervisor(path: string): PidFileContent | null {
  const content = readPidFile(path);
  return content !== null && livenessOf(content) !== "dead" ? content : null;
}

/** A pool whose supervisor runs, or whose keeper is about to start it again, as its PID file describes it. */
export interface LivingPool extends Pool {
  readonly supervisor: PidFileContent;
}

export function livingPools(home: Home): LivingPool[] {
  return poolsOf(home).flatMap((pool) => {
    const supervisor = readPidFile(pool.pidFile);
    return supervisor !== null && isKept(supervisor) ? [{ ...pool, supervisor }] : [];
  });
}

/** Whether the supervisor lives, or a keeper that starts it again. */
export function isKept(supervisor: PidFileContent): boolean {
  return [supervisor, supervisor.keeper].some((one) => one !== null && livenessOf(one) === "alive");
}

export function readPidFile(path: string): PidFileContent | null {
  try {
    const parsed = v.safeParse(pidFileContent, JSON.parse(readRegularFile(path)));
    return parsed.success ? parsed.output : null;
  } catch {
    // Missing, of another kind, or not JSON: either way it names no process.
    return null;
  }
}

/** @throws Error if there is none */
function readRegularFile(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    if (!fstatSync(fd).isFile()) throw new Error(`${path} is not a file`);
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}
