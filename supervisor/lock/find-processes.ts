/**
 * The pools of a home that have living processes, as another process sees them. Usually a pool has one supervisor and
 * its workers. There may also be a keeper that is about to start the next supervisor, or workers whose supervisor was
 * killed. The PID file of a pool names supervisor and keeper. If it is gone or spoilt, the store knows the supervisor,
 * with the same complete identity. Its keeper then leaves with it, as after any intended end. If the store cannot be
 * asked, the PID files alone say who runs.
 */
import type { Home } from "../../src/home/home.js";
import { readPidFile } from "../../src/home/pid-file.js";
import { comparePools, type Pool, poolOf, poolsOf } from "../../src/home/pool.js";
import type { ProcessRecord, Store } from "../../src/store/contract/store.js";
import { livenessOf, type ProcessIdentity } from "../../src/system/process/identity.js";

export interface RunningPool extends Pool {
  readonly supervisor: (ProcessIdentity & { readonly id: string }) | null;
  readonly keeper: ProcessIdentity | null;
  readonly workers: readonly ProcessRecord[];
}

/**
 * The running pools that work on the home's database, main first.
 * @param store null: it cannot be asked
 */
export async function whoRuns(home: Home, store: Store | null): Promise<RunningPool[]> {
  const listed = store === null ? [] : await store.processes.list();
  const processes = listed.filter((process) => process.home === home.dir && isAlive(process));
  const named = poolsOf(home).map(({ name }) => name);
  const names = new Set([...named, ...processes.map(({ pool }) => pool)]);
  const pools = [...names].sort(comparePools).map((name) => {
    const ofPool = processes.filter(({ pool }) => pool === name);
    return runningPool(poolOf(home, name), home.database.shown, ofPool);
  });
  return pools.filter(
    ({ supervisor, keeper, workers }) => supervisor !== null || keeper !== null || workers.length > 0,
  );
}

function runningPool(pool: Pool, db: string, processes: readonly ProcessRecord[]): RunningPool {
  const content = readPidFile(pool.pidFile);
  const named = content?.db === db ? content : null;
  const registered = processes.findLast(({ kind }) => kind === "supervisor") ?? null;
  return {
    ...pool,
    supervisor: named !== null && isAlive(named) ? named : registered,
    keeper: named?.keeper && isAlive(named.keeper) ? named.keeper : null,
    workers: processes.filter(({ kind }) => kind === "worker"),
  };
}

export function isAlive(process: ProcessIdentity): boolean {
  return livenessOf(process) === "alive";
}
