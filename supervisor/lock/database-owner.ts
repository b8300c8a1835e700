/**
 * Keeps a SQLite database to one home, and a home to one database at a time. The pools of a home share its database and
 * its files. Two homes on one database would each have output that the other does not find. Two databases in one home
 * would give the same names to their files. The store says that it needs that (`Store.oneHome`).
 */
import { ConflictError } from "../../src/core/errors.js";
import { quoteWord } from "../../src/core/text/quote-word.js";
import type { Home } from "../../src/home/home.js";
import { livingPools } from "../../src/home/pid-file.js";
import type { ProcessRecord, Store } from "../../src/store/contract/store.js";
import { livenessOf } from "../../src/system/process/identity.js";

/**
 * For the supervisor `id`, once its PID file is written.
 * @throws ConflictError if another pool of the home works on another database
 */
export function refuseOtherDatabase(home: Home, id: string): void {
  const other = livingPools(home).find(
    ({ supervisor }) => supervisor.id !== id && supervisor.db !== home.database.shown,
  );
  if (other === undefined) return;
  const { name, supervisor } = other;
  throw new ConflictError(
    `pool ${name} of ${home.dir} (pid ${supervisor.pid}) works on ${supervisor.db}`,
    "a home works on one database at a time: choose another home with --home DIR, or stop its pools with: " +
      `queuectl --home ${quoteWord(home.dir)} --db ${quoteWord(supervisor.db)} worker stop`,
  );
}

/**
 * For the supervisor `id`, once it is registered. If supervisors of two homes start at the same time, the second one
 * yields.
 * @throws ConflictError if a supervisor of another home works on this database; `id` is then no longer registered
 */
export async function yieldToOther(home: Home, store: Store, id: string): Promise<void> {
  if (!store.oneHome) return;
  const supervisors = await livingSupervisors(store);
  const mine = supervisors.findIndex((one) => one.id === id);
  const other = supervisors.find((one, index) => one.home !== home.dir && (index < mine || one.state !== "starting"));
  if (other === undefined) return;
  await store.processes.deregister(id);
  throw worksAlready(other, home);
}

/** A living supervisor of another home on this host, if one works on the database. */
export async function supervisorOfOtherHome(home: Home, store: Store): Promise<ProcessRecord | undefined> {
  if (!store.oneHome) return undefined;
  return (await livingSupervisors(store)).find((one) => one.home !== home.dir);
}

/** Supervisors on this host, oldest first. */
async function livingSupervisors(store: Store): Promise<ProcessRecord[]> {
  const processes = await store.processes.list();
  return processes.filter((process) => process.kind === "supervisor" && livenessOf(process) === "alive");
}

export function worksAlready({ pid, home: its }: ProcessRecord, home: Home): ConflictError {
  return new ConflictError(
    `the supervisor of ${its} (pid ${pid}) works on ${home.database.shown} already`,
    `a database has one home: queuectl --home ${quoteWord(its)} worker stop stops that one`,
  );
}
