/**
 * The processes of a home, as another process sees them. Usually that is one supervisor. There may also be a keeper
 * that is about to start the next one, or workers whose supervisor was killed. The PID file names supervisor and
 * keeper. If it is gone or spoilt, the store knows the supervisor, with the same complete identity. Its keeper then
 * leaves with it, as after any intended end.
 */
import { realpathSync } from "node:fs";
import type { Home } from "../../src/home/home.js";
import type { ProcessRecord, Store } from "../../src/store/contract/store.js";
import { livenessOf, type ProcessIdentity } from "../../src/system/identity.js";
import { homeOf } from "./database-owner.js";
import { readPidFile } from "./pid-file.js";

export interface Running {
  readonly supervisor: (ProcessIdentity & { readonly id: string }) | null;
  readonly keeper: ProcessIdentity | null;
  readonly workers: readonly ProcessRecord[];
}

export async function whoRuns(home: Home, store: Store): Promise<Running> {
  const named = readPidFile(home.pidFile);
  const processes = (await store.processes.list()).filter(isAlive);
  const registered =
    processes.findLast((process) => process.kind === "supervisor" && isOf(home, process, store)) ?? null;
  return {
    supervisor: named !== null && isAlive(named) ? named : registered,
    keeper: named?.keeper && isAlive(named.keeper) ? named.keeper : null,
    workers: processes.filter(({ kind }) => kind === "worker"),
  };
}

/** If the system does not tell, and a database has one home, it is this one. */
function isOf(home: Home, { pid }: ProcessRecord, { oneHome }: Store): boolean {
  const its = homeOf(pid, home);
  return its === null ? oneHome : its === realpathSync(home.dir);
}

export function isAlive(process: ProcessIdentity): boolean {
  return livenessOf(process) === "alive";
}
