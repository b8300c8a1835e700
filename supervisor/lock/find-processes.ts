/**
 * The processes of a home, as another process sees them. Usually that is one supervisor. There may also be a keeper
 * that is about to start the next one, or workers whose supervisor was killed. The PID file names supervisor and
 * keeper. If it is gone or spoilt, the store knows the supervisor, with the same complete identity. Its keeper then
 * leaves with it, as after any intended end. If the store cannot be asked, the PID file alone says who runs.
 */
import type { Home } from "../../src/home/home.js";
import { readPidFile } from "../../src/home/pid-file.js";
import type { ProcessRecord, Store } from "../../src/store/contract/store.js";
import { livenessOf, type ProcessIdentity } from "../../src/system/identity.js";

export interface Running {
  readonly supervisor: (ProcessIdentity & { readonly id: string }) | null;
  readonly keeper: ProcessIdentity | null;
  readonly workers: readonly ProcessRecord[];
}

/** @param store null: it cannot be asked */
export async function whoRuns(home: Home, store: Store | null): Promise<Running> {
  const named = readPidFile(home.pidFile);
  const listed = store === null ? [] : await store.processes.list();
  const processes = listed.filter((process) => process.home === home.dir && isAlive(process));
  const registered = processes.findLast(({ kind }) => kind === "supervisor") ?? null;
  return {
    supervisor: named !== null && isAlive(named) ? named : registered,
    keeper: named?.keeper && isAlive(named.keeper) ? named.keeper : null,
    workers: processes.filter(({ kind }) => kind === "worker"),
  };
}

export function isAlive(process: ProcessIdentity): boolean {
  return livenessOf(process) === "alive";
}
