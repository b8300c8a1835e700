/**
 * The PID file: tells other processes whom to signal. It holds a whole identity, since a bare pid may by now belong to
 * somebody else. Reading, judging and replacing it happens under a lock of its own, so that two processes cannot both find
 * it stale; who is the supervisor is not decided here but by the kernel's lock (single-instance.ts).
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import lockfile from "proper-lockfile";
import * as v from "valibot";
import { livenessOf, type ProcessIdentity } from "../../src/system/identity.js";

const identity = {
  host: v.string(),
  bootId: v.string(),
  pid: v.pipe(v.number(), v.integer(), v.minValue(2)),
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
  /** The supervisor's own. */
  readonly id: string;
  /** Who would start it again; null in the foreground. */
  readonly keeper: ProcessIdentity | null;
  /** How many it is to have: by its command line, until somebody scales it. */
  readonly workers: number;
  /** The database that it works on, which need not be the one in its home; no password is in it. */
  readonly db: string;
}

/** The size of the pool that the same keeper's last supervisor was scaled to, if that was killed. */
export function inheritedWorkers(path: string, keeper: ProcessIdentity | null): number | null {
  const last = readPidFile(path);
  if (keeper === null || last?.keeper == null) return null;
  const { pid, startTime, bootId, host } = last.keeper;
  const isSame =
    pid === keeper.pid && startTime === keeper.startTime && bootId === keeper.bootId && host === keeper.host;
  return isSame ? last.workers : null;
}

/** Whom the file names, if that process is there now; null for no file, garbage, or a process that is gone. */
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
    // Missing or not JSON: either way it names nobody.
    return null;
  }
}

/** Puts our name in the place of whatever was there; the caller holds the supervisor's lock, so whoever that was is gone. */
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
  // Perhaps the home itself is gone, and then there is no place for a lock either.
  if (!existsSync(path)) return;
  await guarded(path, () => {
    if (readPidFile(path)?.id === id) rmSync(path, { force: true });
  });
}

/** Removes a file that names nobody who lives. */
export async function removeStalePidFile(path: string): Promise<void> {
  if (!existsSync(path)) return;
  await guarded(path, () => {
    if (readLiveSupervisor(path) === null) rmSync(path, { force: true });
  });
}

async function guarded(path: string, work: () => void): Promise<void> {
  const release = await lockfile.lock(path, {
    realpath: false,
    // The least it allows: whoever was killed in these milliseconds holds up nobody for longer than this.
    stale: 2000,
    retries: { retries: 40, minTimeout: 25, maxTimeout: 500 },
    // By default this throws out of a timer. What the lock guards is over in milliseconds, and harmless if done twice.
    onCompromised: () => {},
  });
  try {
    work();
  } finally {
    await release().catch(() => {});
  }
}
