/**
 * One supervisor per home: the kernel's lock decides, and the PID file tells other processes about it.
 *
 * A refused lock is no proof that another supervisor runs. Two processes that take it at the same instant can refuse
 * each other, and a look at the lock refuses it for an instant as well. So a refusal counts only if it was repeated and
 * the PID file names a living process: the loser then loses to one that runs.
 *
 * A home whose supervisor was killed belongs to its keeper, which starts the next one. So no other process takes it
 * meanwhile.
 */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ConflictError, QueuectlError } from "../../src/core/errors.js";
import type { Home } from "../../src/home/home.js";
import { type PidFileContent, readLiveSupervisor, readPidFile } from "../../src/home/pid-file.js";
import { acquireExclusiveLock, type ExclusiveLock } from "../../src/system/exclusive-lock.js";
import { isSameProcess, livenessOf } from "../../src/system/identity.js";
import { removePidFile, writePidFile } from "./pid-file.js";

/** Refusals after which the process in the PID file is believed to hold the lock. */
const REFUSALS = 8;
/** The longest pause between two tries. Pauses are random, so that two processes do not meet again. Milliseconds. */
const LONGEST_PAUSE_MS = 25;
/** How long a holder may take to write its name into the PID file, in milliseconds. */
const NAMED_WITHIN_MS = 5000;

export interface Instance {
  /** Records the wanted number of workers. */
  scaled(workers: number): Promise<void>;
  /** Writes the PID file again if it was removed or spoilt. */
  keepNamed(): Promise<void>;
  /** @param keepName whether the PID file stays, since its keeper is about to start the next supervisor */
  release(keepName?: boolean): Promise<void>;
}

/**
 * @throws ConflictError if another supervisor has this home, or a keeper is about to start one
 * @throws QueuectlError `timed_out`: the lock is held, but not by the process in the PID file
 */
export async function becomeSupervisor(home: Home, me: PidFileContent): Promise<Instance> {
  const lock = await takeLock(home);
  try {
    leaveToKeeper(home, me);
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
    async release(keepName = false) {
      released = true;
      await writing.catch(() => {});
      // On a disk that cannot be written the file stays. It names a process that is dead by then.
      if (!keepName) await removePidFile(home.pidFile, me.id).catch(() => {});
      lock.release();
    },
  };
}

async function takeLock(home: Home): Promise<ExclusiveLock> {
  const begun = performance.now();
  for (let refusals = 1; ; refusals++) {
    const lock = acquireExclusiveLock(home.lockDb);
    if (lock !== null) return lock;
    const named = readLiveSupervisor(home.pidFile);
    if (refusals >= REFUSALS && named !== null) {
      throw new ConflictError(
        `a supervisor is already running for ${home.dir} (pid ${named.pid})`,
        "stop it with: queuectl worker stop",
      );
    }
    if (performance.now() - begun >= NAMED_WITHIN_MS) throw unnamed(home);
    await sleep(LONGEST_PAUSE_MS * Math.random());
  }
}

/** @throws ConflictError if a keeper other than ours is about to start a supervisor */
function leaveToKeeper(home: Home, me: PidFileContent): void {
  const keeper = readPidFile(home.pidFile)?.keeper ?? null;
  if (keeper === null || livenessOf(keeper) !== "alive") return;
  if (me.keeper !== null && isSameProcess(keeper, me.keeper)) return;
  throw new ConflictError(
    `the supervisor of ${home.dir} has just died, and its keeper (pid ${keeper.pid}) starts it again`,
    "to have none: queuectl worker stop",
  );
}

/** Not a conflict: a keeper tries again, since perhaps no supervisor runs. */
function unnamed(home: Home): QueuectlError {
  return new QueuectlError(
    "timed_out",
    `the lock of ${home.dir} is held, but ${home.pidFile} names no living process`,
    { hint: `try again; if it stays so, find the holder with: fuser -v ${home.lockDb}` },
  );
}
