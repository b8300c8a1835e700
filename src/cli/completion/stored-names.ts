/** Names from the database, for completion. The database is only read, and not created if it is missing. */
import { homedir } from "node:os";
import type { Job } from "../../core/job/job.js";
import type { JobState } from "../../core/job/state.js";
import { locateHome } from "../../home/home.js";
import type { Store } from "../../store/contract/store.js";
import { databaseExists } from "../../store/location.js";
import { openStore } from "../../store/open.js";

/** A user does not wait longer for a completion. Milliseconds. */
const PATIENCE_MS = 300;

export interface JobsLike {
  readonly typed: string;
  readonly states: readonly JobState[] | undefined;
  readonly most: number;
}

/** The jobs that changed last come first, then others whose id begins with the typed text. */
export function jobsLike(words: readonly string[], { typed, states, most }: JobsLike): Promise<readonly Job[]> {
  return withStore(words, async ({ jobs }) => {
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

export function queuesLike(words: readonly string[], most: number): Promise<readonly string[]> {
  return withStore(words, ({ jobs }) => jobs.queueNames(most));
}

async function withStore<T>(words: readonly string[], read: (store: Store) => Promise<readonly T[]>) {
  const { dir, database } = locateHome({ home: given(words, "--home"), db: given(words, "--db") });
  if (!databaseExists(database)) return [];
  const store = await openStore({ database, home: dir, readOnly: true, busyTimeoutMs: PATIENCE_MS });
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}

/** The flag's value as typed: the shell has not yet expanded a tilde. */
function given(words: readonly string[], flag: string): string | undefined {
  const end = words.indexOf("--");
  const before = words.slice(0, end === -1 ? -1 : end);
  const place = before.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const value = before[place]?.includes("=") ? before[place].slice(flag.length + 1) : before[place + 1];
  return place === -1 ? undefined : value?.replace(/^~(?=\/|$)/, homedir());
}
