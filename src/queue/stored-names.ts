/** Names from the database, for completion. The database is only read, and not created if it is missing. */
import type { Job } from "../core/job/job.js";
import type { JobState } from "../core/job/state.js";
import type { Schedule } from "../core/schedule/schedule.js";
import { type HomeOptions, locateHome } from "../home/home.js";
import { tornFrom } from "../home/journal.js";
import { checkTrust } from "../home/trust.js";
import type { Store } from "../store/contract/store.js";
import { databaseExists } from "../store/location.js";
import { openStore } from "../store/open.js";
import { Policies } from "./policies.js";

/** A user does not wait longer for a completion. Milliseconds. */
const PATIENCE_MS = 300;

export interface JobsLike {
  readonly typed: string;
  readonly states: readonly JobState[] | undefined;
  readonly most: number;
}

/** The jobs that changed last come first, then others whose id begins with the typed text. */
export function jobsLike(options: HomeOptions, { typed, states, most }: JobsLike): Promise<readonly Job[]> {
  return withStore(options, async ({ jobs }) => {
    const newest = await jobs.list({ ...(states && { states }), order: "updated", reverse: true, limit: most });
    const found = newest.filter(({ id }) => id.startsWith(typed));
    if (typed === "" || newest.length < most) return found;
    const known = new Set(found.map(({ id }) => id));
    for (const id of await jobs.idsWithPrefix(typed, most)) {
      const job = known.has(id) ? null : await jobs.get(id);
      if (job !== null && (states?.includes(job.state) ?? true)) found.push(job);
    }
    return found;
  });
}

export function queuesLike(options: HomeOptions, most: number): Promise<readonly string[]> {
  return withStore(options, ({ jobs }) => jobs.queueNames(most));
}

export function schedulesLike(options: HomeOptions): Promise<readonly Schedule[]> {
  return withStore(options, ({ schedules }) => schedules.list());
}

export function policiesLike(options: HomeOptions): Promise<readonly string[]> {
  return withStore(options, async (store) => [...(await new Policies(store).all()).keys()]);
}

async function withStore<T>(options: HomeOptions, read: (store: Store) => Promise<readonly T[]>) {
  const home = locateHome(options);
  const { dir, database } = home;
  if (!databaseExists(database)) return [];
  checkTrust(dir);
  if ((await tornFrom(home)) !== null) return [];
  const store = await openStore({ database, home: dir, readOnly: true, busyTimeoutMs: PATIENCE_MS });
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}
