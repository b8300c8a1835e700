/**
 * Writes and removes the PID file (src/home/pid-file.ts), which names the process to signal. Judging and replacing it
 * happen under a lock of its own, so that two processes cannot both find it stale. The kernel's lock
 * (single-instance.ts), not this file, decides which process is the supervisor.
 */
import { closeSync, existsSync, fsyncSync, lstatSync, openSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import lockfile from "proper-lockfile";
import { type PidFileContent, readLiveSupervisor, readPidFile } from "../../src/home/pid-file.js";
import { diskTrouble } from "../../src/system/disk-trouble.js";
import { isSameProcess, type ProcessIdentity } from "../../src/system/process/identity.js";

/** Tries to take the lock of the file, and the longest pause between two, in milliseconds: some twenty seconds. */
const MOST_TRIES = 200;
const LONGEST_PAUSE_MS = 200;

/** Pool size to which the same keeper's last supervisor was scaled. Null: that one was not killed. */
export function inheritedWorkers(path: string, keeper: ProcessIdentity | null): number | null {
  const last = readPidFile(path);
  if (keeper === null || last?.keeper == null) return null;
  return isSameProcess(last.keeper, keeper) ? last.workers : null;
}

/** Replaces the file with ours. The caller holds the supervisor's lock, so an earlier owner is gone. */
export async function writePidFile(path: string, content: PidFileContent): Promise<void> {
  await guarded(path, () => {
    const temporary = `${path}.${content.id}`;
    try {
      writeSynced(temporary, `${JSON.stringify(content)}\n`);
      renameSync(temporary, path);
    } catch (error) {
      if (existsSync(temporary)) unlinkSync(temporary);
      throw diskTrouble(error, path) ?? error;
    }
  });
}

function writeSynced(path: string, text: string): void {
  const fd = openSync(path, "w", 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Removes the file if it is ours. */
export async function removePidFile(path: string, id: string): Promise<void> {
  // Perhaps the home itself is gone, and with it the folder for a lock.
  if (!isRemovable(path)) return;
  await guarded(path, () => {
    if (readPidFile(path)?.id === id) remove(path);
  });
}

/** Removes a file whose process is dead. */
export async function removeStalePidFile(path: string): Promise<void> {
  if (!isRemovable(path)) return;
  await guarded(path, () => {
    if (readLiveSupervisor(path) === null) remove(path);
  });
}

/** A directory in its place is left to the user. */
function isRemovable(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
}

function remove(path: string): void {
  if (isRemovable(path)) unlinkSync(path);
}

async function guarded(path: string, work: () => void): Promise<void> {
  const release = await lock(path);
  try {
    work();
  } finally {
    await release().catch(() => {});
  }
}

/** The library would try again after any error, but only a lock that is held passes by itself. */
async function lock(path: string): Promise<() => Promise<void>> {
  for (let tries = 1; ; tries++) {
    try {
      return await lockfile.lock(path, {
        realpath: false,
        // The least that the library allows. A process killed in these milliseconds blocks others no longer than this.
        stale: 2000,
        // By default this throws out of a timer. The guarded step takes milliseconds, and doing it twice is harmless.
        onCompromised: () => {},
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED" || tries > MOST_TRIES) throw diskTrouble(error) ?? error;
    }
    await sleep(LONGEST_PAUSE_MS * Math.random());
  }
}
