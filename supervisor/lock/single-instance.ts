/** One supervisor per home: the kernel's lock decides, and the PID file tells other processes about it. */
import { existsSync } from "node:fs";
import { ConflictError } from "../../src/core/errors.js";
import type { Home } from "../../src/home/home.js";
import { acquireExclusiveLock } from "../../src/system/exclusive-lock.js";
import { type PidFileContent, readPidFile, removePidFile, writePidFile } from "./pid-file.js";

export interface Instance {
  /** Records the wanted number of workers. */
  scaled(workers: number): Promise<void>;
  /** Writes the PID file again if it was removed or spoilt. */
  keepNamed(): Promise<void>;
  release(): Promise<void>;
}

/** @throws ConflictError if another supervisor has this home */
export async function becomeSupervisor(home: Home, me: PidFileContent): Promise<Instance> {
  const lock = acquireExclusiveLock(home.lockDb);
  if (lock === null) {
    const pid = readPidFile(home.pidFile)?.pid;
    throw new ConflictError(
      `a supervisor is already running for ${home.dir}${pid === undefined ? "" : ` (pid ${pid})`}`,
      "stop it with: queuectl worker stop",
    );
  }
  try {
    await writePidFile(home.pidFile, me);
  } catch (error) {
    lock.release();
    throw error;
  }
  let content = me;
  let released = false;
  let writing: Promise<void> = Promise.resolve();
  // One write at a time, and none after the release, which would bring the file back.
  const write = (): Promise<void> => {
    writing = writing.catch(() => {}).then(() => (released ? undefined : writePidFile(home.pidFile, content)));
    return writing;
  };
  return {
    scaled(workers) {
      content = { ...content, workers };
      return write();
    },
    async keepNamed() {
      if (existsSync(home.dir) && readPidFile(home.pidFile)?.id !== me.id) await write();
    },
    async release() {
      released = true;
      await writing.catch(() => {});
      await removePidFile(home.pidFile, me.id);
      lock.release();
    },
  };
}
