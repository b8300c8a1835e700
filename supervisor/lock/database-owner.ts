/**
 * A SQLite database belongs to one home; the store says so (`Store.oneHome`). The lock of a home says nothing of the others, so a
 * supervisor that is to work on a database looks at which one has registered there: two would each count the other's workers as its
 * own, and neither could stop them.
 */
import { basename, dirname } from "node:path";
import { ConflictError } from "../../src/core/errors.js";
import type { Home } from "../../src/home/home.js";
import type { ProcessRecord, Store } from "../../src/store/contract/store.js";
import { livenessOf } from "../../src/system/identity.js";
import { openFiles } from "../../src/system/open-files.js";

/**
 * For the supervisor `id`, once it is registered. Of two that start at the same time the second one yields.
 * @throws ConflictError another one works on this database; `id` is registered no more
 */
export async function yieldToOther(home: Home, store: Store, id: string): Promise<void> {
  if (!store.oneHome) return;
  const supervisors = await livingSupervisors(store);
  const mine = supervisors.findIndex((one) => one.id === id);
  const other = supervisors.find((one, index) => one.id !== id && (index < mine || one.state !== "starting"));
  if (other === undefined) return;
  await store.processes.deregister(id);
  throw worksAlready(other, home);
}

/** Of this host, oldest first. Who holds the lock of its home knows that each of them but itself has another one. */
export async function livingSupervisors(store: Store): Promise<ProcessRecord[]> {
  const processes = await store.processes.list();
  return processes.filter((process) => process.kind === "supervisor" && livenessOf(process) === "alive");
}

export function worksAlready({ pid }: ProcessRecord, home: Home): ConflictError {
  const its = homeOf(pid, home);
  return new ConflictError(
    `the supervisor of ${its ?? "another home"} (pid ${pid}) works on ${home.database.shown} already`,
    its === null
      ? `a database has one home: look for it with ps -fp ${pid}`
      : `a database has one home: queuectl worker stop --home ${its} stops that one`,
  );
}

/** By the lock that it holds. Null: the system does not tell. */
export function homeOf(pid: number, { lockDb }: Pick<Home, "lockDb">): string | null {
  const lock = openFiles(pid).find((path) => basename(path) === basename(lockDb));
  return lock === undefined ? null : dirname(lock);
}
