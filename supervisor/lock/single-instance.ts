/**
 * One supervisor per pool: the kernel's lock decides, and the PID file tells other processes about it. A supervisor
 * whose pool was given no name takes the first free one.
 *
 * A refused lock is no proof that another supervisor runs. Two processes that take it at the same instant can refuse
 * each other, and a look at the lock refuses it for an instant as well. So a refusal counts only if it was repeated and
 * the PID file names a living process: the loser then loses to one that runs.
 *
 * A pool whose supervisor was killed belongs to its keeper, which starts the next one. So no other process takes its
 * name meanwhile.
 */
import { existsSync, lstatSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ConflictError, QueuectlError } from "../../src/core/errors.js";
import { quoteWord } from "../../src/core/text/quote-word.js";
import type { Home } from "../../src/home/home.js";
import { isKept, type PidFileContent, readLiveSupervisor, readPidFile } from "../../src/home/pid-file.js";
import { MAIN_POOL, type Pool, poolOf } from "../../src/home/pool.js";
import { acquireExclusiveLock, type ExclusiveLock } from "../../src/system/exclusive-lock.js";
import { isSameProcess, livenessOf, type ProcessIdentity } from "../../src/system/process/identity.js";
import { removePidFile, writePidFile } from "./pid-file.js";

/** Refusals after which the process in the PID file is believed to hold the lock. */
const REFUSALS = 8;
/** The longest pause between two tries. Pauses are random, so that two processes do not meet again. Milliseconds. */
const LONGEST_PAUSE_MS = 25;
/** How long a holder may take to write its name into the PID file, in milliseconds. */
const NAMED_WITHIN_MS = 5000;

export interface Instance {
  readonly pool: Pool;
  /** Records the wanted number of workers. */
  scaled(workers: number): Promise<void>;
  /** Writes the PID file again if it was removed or spoilt. */
  keepNamed(): Promise<void>;
  /** @param keepName whether the PID file stays, since its keeper is about to start the next supervisor */
  release(keepName?: boolean): Promise<void>;
}

/**
 * @param name name of the pool; null: the first free one of main, main-2, main-3, …
 * @throws ConflictError if another supervisor has the pool of this name, or a keeper is about to start one
 * @throws QueuectlError `timed_out`: the lock is held, but not by the process in the PID file
 */
export async function becomeSupervisor(home: Home, name: string | null, me: PidFileContent): Promise<Instance> {
  const { pool, lock } = name === null ? await takeFreePool(home, me) : await takePool(home, name, me);
  const { pidFile } = pool;
  try {
    await writePidFile(pidFile, me);
  } catch (error) {
    lock.release();
    throw error;
  }
  let content = me;
  let released = false;
  /** Mark of the PID file when it was last seen to name us, so that it is read again only after a change. */
  let named: string | null = null;
  let writing: Promise<void> = Promise.resolve();
  // One write at a time, and none after the release, which would bring the file back.
  const write = (): Promise<void> => {
    writing = writing.catch(() => {}).then(() => (released ? undefined : writePidFile(pidFile, content)));
    return writing;
  };
  return {
    pool,
    scaled(workers) {
      content = { ...content, workers };
      return write();
    },
    async keepNamed() {
      const mark = markOf(pidFile);
      if (mark !== null && mark === named) return;
      if (readPidFile(pidFile)?.id === me.id) named = mark;
      else if (existsSync(home.dir)) await write();
    },
    async release(keepName = false) {
      released = true;
      await writing.catch(() => {});
      // On a disk that cannot be written the file stays. It names a process that is dead by then.
      if (!keepName) await removePidFile(pidFile, me.id).catch(() => {});
      lock.release();
    },
  };
}

/** Another one after any change of the file. Null: there is none. */
function markOf(path: string): string | null {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.ino} ${stats.size} ${stats.ctimeMs}`;
}

interface TakenPool {
  readonly pool: Pool;
  readonly lock: ExclusiveLock;
}

async function takeFreePool(home: Home, me: PidFileContent): Promise<TakenPool> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? MAIN_POOL : `${MAIN_POOL}-${number}`;
    const named = readPidFile(poolOf(home, name).pidFile);
    if (named !== null && isKept(named)) continue;
    try {
      return await takePool(home, name, me);
    } catch (error) {
      const isTaken = error instanceof QueuectlError && ["conflict", "timed_out"].includes(error.code);
      if (!isTaken) throw error;
    }
  }
}

async function takePool(home: Home, name: string, me: PidFileContent): Promise<TakenPool> {
  const pool = poolOf(home, name);
  const begun = performance.now();
  for (let refusals = 1; ; refusals++) {
    const lock = acquireExclusiveLock(pool.lockDb);
    if (lock !== null) {
      const keeper = otherKeeper(pool, me);
      if (keeper === null) return { pool, lock };
      lock.release();
      throw comesBack(pool, keeper);
    }
    const named = readLiveSupervisor(pool.pidFile);
    if (refusals >= REFUSALS && named !== null) {
      throw new ConflictError(
        `pool ${name} is already running for ${home.dir} (pid ${named.pid})`,
        `stop it with: queuectl worker stop --name ${name}; or start another beside it with another --name`,
      );
    }
    if (performance.now() - begun >= NAMED_WITHIN_MS) throw unnamed(home, pool);
    await sleep(LONGEST_PAUSE_MS * Math.random());
  }
}

/** A keeper other than ours that is about to start a supervisor. Null: none. */
function otherKeeper({ pidFile }: Pool, me: PidFileContent): ProcessIdentity | null {
  const keeper = readPidFile(pidFile)?.keeper ?? null;
  if (keeper === null || livenessOf(keeper) !== "alive") return null;
  return me.keeper !== null && isSameProcess(keeper, me.keeper) ? null : keeper;
}

function comesBack({ name }: Pool, keeper: ProcessIdentity): ConflictError {
  return new ConflictError(
    `the supervisor of pool ${name} has just died, and its keeper (pid ${keeper.pid}) starts it again`,
    `to stop it: queuectl worker stop --name ${name}`,
  );
}

/** Not a conflict: a keeper tries again, since perhaps no supervisor runs. */
function unnamed(home: Home, { name, pidFile, lockDb }: Pool): QueuectlError {
  return new QueuectlError(
    "timed_out",
    `the lock of pool ${name} of ${home.dir} is held, but ${pidFile} names no living process`,
    { hint: `try again; if it stays so, find the holder with: fuser -v ${quoteWord(lockDb)}` },
  );
}
