/**
 * Keeps a SQLite database to one home; the store says that it needs that (`Store.oneHome`). The lock of a home says
 * nothing of other homes, so a new supervisor looks at the other supervisors in the database. Two of them would each
 * count the other's workers as its own, and neither could stop them.
 */
import { ConflictError } from "../../src/core/errors.js";
import type { Home } from "../../src/home/home.js";
import type { ProcessRecord, Store } from "../../src/store/contract/store.js";
import { livenessOf } from "../../src/system/identity.js";

/**
 * For the supervisor `id`, once it is registered. If two start at the same time, the second one yields.
 * @throws ConflictError if another supervisor works on this database; `id` is then no longer registered
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

/** Supervisors on this host, oldest first. The holder of a home's lock knows that the others belong to other homes. */
export async function livingSupervisors(store: Store): Promise<ProcessRecord[]> {
  const processes = await store.processes.list();
  return processes.filter((process) => process.kind === "supervisor" && livenessOf(process) === "alive");
}

export function worksAlready({ pid, home: its }: ProcessRecord, home: Home): ConflictError {
  return new ConflictError(
    `the supervisor of ${its} (pid ${pid}) works on ${home.database.shown} already`,
    `a database has one home: queuectl worker stop --home ${its} stops that one`,
  );
}
