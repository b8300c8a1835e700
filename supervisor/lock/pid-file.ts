/**
 * The PID file: names the process to signal. It holds a complete identity, since a bare pid may belong to another
 * process by now. Reading, judging and replacing it happen under a lock of its own, so that two processes cannot both
 * find it stale. The kernel's lock (single-instance.ts), not this file, decides which process is the supervisor.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import lockfile from "proper-lockfile";
import * as v from "valibot";
import { isSameProcess, livenessOf, type ProcessIdentity } from "../../src/system/identity.js";

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
  /** Wanted number of workers: from its command line, until a user scales the pool. */
  readonly workers: number;
  /** Database that it works on, which may lie outside the home. Contains no password. */
  readonly db: string;
}

/** Pool size to which the same keeper's last supervisor was scaled. Null: that one was not killed. */
export function inheritedWorkers(path: string, keeper: ProcessIdentity | null): number | null {
  const last = readPidFile(path);
  if (keeper === null || last?.keeper == null) return null;
  return isSameProcess(last.keeper, keeper) ? last.workers : null;
}

/** The supervisor in the file, if that process lives. Null: no file, garbage, or a dead process. */
export function readLiveSupervisor(path: string): PidFileContent | null {
  const content = readPidFile(path);
  return content !== null && livenessOf(content) !== "dead" ? content : null;
}

/** The database of a supervisor that runs, or that its keeper is about to start again. */
export function readLiveDatabase(path: string): string | null {
  const content = readPidFile(path);
  const lives = [content, content?.keeper ?? null].some((one) => one !== null && livenessOf(one) === "alive");
  return content !== null && lives ? content.db : null;
}

export function readPidFile(path: string): PidFileContent | null {
  try {
    const parsed = v.safeParse(pidFileContent, JSON.parse(readFileSync(path, "utf8")));
    return parsed.success ? parsed.output : null;
  } catch {
    // Missing or not JSON: either way it names no process.
    return null;
  }
}

/** Replaces the file with ours. The caller holds the supervisor's lock, so an earlier owner is gone. */
export async function writePidFile(path: string, content: PidFileContent): Promise<void> {
  await guarded(path, () => {
    const temporary = `${path}.${content.id}`;
    const fd = openSync(temporary, "w", 0o600);
    try {
      writeSync(fd, `${JSON.stringify(content)}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  });
}

/** Removes the file if it is ours. */
export async function removePidFile(path: string, id: string): Promise<void> {
  // Perhaps the home itself is gone, and with it the folder for a lock.
  if (!existsSync(path)) return;
  await guarded(path, () => {
    if (readPidFile(path)?.id === id) rmSync(path, { force: true });
  });
}

/** Removes a file whose process is dead. */
export async function removeStalePidFile(path: string): Promise<void> {
  if (!existsSync(path)) return;
  await guarded(path, () => {
    if (readLiveSupervisor(path) === null) rmSync(path, { force: true });
  });
}

async function guarded(path: string, work: () => void): Promise<void> {
  const release = await lockfile.lock(path, {
    realpath: false,
    // The least that the library allows. A process killed in these milliseconds blocks others no longer than this.
    stale: 2000,
    retries: { retries: 40, minTimeout: 25, maxTimeout: 500 },
    // By default this throws out of a timer. The guarded step takes milliseconds, and doing it twice is harmless.
    onCompromised: () => {},
  });
  try {
    work();
  } finally {
    await release().catch(() => {});
  }
}
