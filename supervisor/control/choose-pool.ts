/** Finds the pool that a command means among the running ones, and says what runs if it is not there. */
import { QueuectlError, UsageError } from "../../src/core/errors.js";
import { quoteWord } from "../../src/core/text/quote-word.js";
import type { Home } from "../../src/home/home.js";
import { livingPools } from "../../src/home/pid-file.js";
import { MAIN_POOL, nameFlag } from "../../src/home/pool.js";
import type { RunningPool } from "../lock/find-processes.js";

/**
 * @param wanted name of the pool, or pid of its supervisor
 * @throws QueuectlError `not_running`
 */
export function namedPool(home: Home, pools: readonly RunningPool[], wanted: string): RunningPool {
  const found = pools.find(({ name, supervisor }) => name === wanted || String(supervisor?.pid) === wanted);
  if (found !== undefined) return found;
  if (pools.length === 0) throw notRunning(home);
  const ofWorker = pools.find(({ workers }) => workers.some(({ pid }) => String(pid) === wanted));
  if (ofWorker !== undefined) {
    const which = nameFlag(
      pools.map(({ name }) => name),
      ofWorker.name,
    );
    throw new UsageError(
      `${wanted} is a worker of pool ${ofWorker.name}, and only a whole pool is stopped`,
      `queuectl worker stop --name ${ofWorker.name}, or fewer workers with: queuectl worker scale N${which}`,
    );
  }
  throw new QueuectlError("not_running", `no pool ${wanted} is running for ${home.dir}`, {
    hint: `these run: ${namesOf(pools)}`,
  });
}

/**
 * The only pool, or the one that is called main.
 * @throws QueuectlError `not_running` @throws UsageError if it is not clear which one is meant
 */
export function onePool(home: Home, running: readonly RunningPool[]): RunningPool {
  const pools = supervisedPools(home, running);
  const meant = pools.length === 1 ? pools[0] : pools.find(({ name }) => name === MAIN_POOL);
  if (meant !== undefined) return meant;
  throw new UsageError(`${pools.length} pools are running: ${namesOf(pools)}`, "say which one with --name NAME");
}

/** The pools that are more than the last workers of a killed supervisor. @throws QueuectlError `not_running` */
export function supervisedPools(home: Home, running: readonly RunningPool[]): readonly RunningPool[] {
  const pools = running.filter(({ supervisor, keeper }) => supervisor !== null || keeper !== null);
  if (pools.length === 0) throw notRunning(home);
  return pools;
}

/** No pool of the home works on its database. */
export function notRunning(home: Home): QueuectlError {
  const other = livingPools(home).find(({ supervisor }) => supervisor.db !== home.database.shown);
  if (other !== undefined) {
    const { name, supervisor } = other;
    return new QueuectlError("not_running", `no pool of ${home.dir} works on ${home.database.shown}`, {
      hint: `pool ${name} works on ${supervisor.db}: give --db ${quoteWord(supervisor.db)}`,
    });
  }
  return new QueuectlError("not_running", `no supervisor is running for ${home.dir}`, {
    hint: "start one with: queuectl worker start --detach",
  });
}

function namesOf(pools: readonly { readonly name: string }[]): string {
  return pools.map(({ name }) => name).join(", ");
}
