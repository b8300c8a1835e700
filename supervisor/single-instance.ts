/** One supervisor per home: the kernel's lock decides, the PID file tells the others whom to talk to. */
import { ConflictError } from "../src/core/errors.js";
import type { Home } from "../src/home.js";
import { acquireExclusiveLock } from "../src/store/exclusive-lock.js";
import { type PidFileContent, readPidFile, removePidFile, writePidFile } from "./pid-file.js";

export interface Instance {
  release(): Promise<void>;
}

/** @throws ConflictError another supervisor has this home */
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
  return {
    async release() {
      await removePidFile(home.pidFile, me.id);
      lock.release();
    },
  };
}
