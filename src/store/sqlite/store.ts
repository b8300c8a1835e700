/** The store over one SQLite file: opens it, brings its schema up to date, and puts the roles together. */
import { type Clock, systemClock } from "../../core/clock.js";
import type { PollIntervals, Store } from "../contract/store.js";
import { CHANGE_KINDS } from "../contract/wake-ups.js";
import { hookStore } from "../shared/hooks.js";
import { jobStore } from "../shared/jobs/jobs.js";
import { leaseStore } from "../shared/leases.js";
import { processStore } from "../shared/processes.js";
import { queueStore } from "../shared/queues.js";
import { scheduleStore } from "../shared/schedules.js";
import { settingStore } from "../shared/settings.js";
import { SqliteConnection } from "./connection.js";
import { lostJournal, replacementOf } from "./identity.js";
import { openDatabase } from "./open.js";
import { WakeUps } from "./wake.js";

export { TEMPORARY } from "./open.js";

export interface SqliteStoreOptions {
  readonly path: string;
  /** Base of the relative paths in the store. */
  readonly home: string;
  readonly clock?: Clock;
  /** Whether to make a missing database, with its directory. Default true. */
  readonly create?: boolean;
  /** Whether to look only: nothing is made, written or upgraded. */
  readonly readOnly?: boolean;
  /** How long to wait in all for a locked database, in milliseconds. Default 30 s. */
  readonly busyTimeoutMs?: number;
}

const BUSY_TIMEOUT_MS = 30_000;

/** A query that finds nothing takes some 20 µs; a round of pruning that finds nothing is a few seeks in an index. */
const POLL_MS: PollIntervals = { cancellations: 200, settings: 20, job: 50, processes: 20, retention: 5000 };

/**
 * Opens the store. Makes it first if it does not exist.
 *
 * ```ts
 * const store = await openSqliteStore({ path: "/home/me/.queuectl/queuectl.db", home: "/home/me/.queuectl" });
 * ```
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, clock = systemClock, readOnly = false, busyTimeoutMs: timeoutMs = BUSY_TIMEOUT_MS } = options;
  const create = !readOnly && (options.create ?? true);
  const { database, needsMigration } = await openDatabase({ path, timeoutMs, create, readOnly });
  const connection = new SqliteConnection(database, { path, timeoutMs }, clock);
  const wakeUps = new WakeUps(database);
  try {
    if (needsMigration) await (await import("./migrations/migrate.js")).migrate(connection);
  } catch (error) {
    database.close();
    throw error;
  }
  const isReplaced = replacementOf(path);
  return {
    jobs: jobStore(connection),
    leases: leaseStore(connection),
    processes: processStore(connection),
    settings: settingStore(connection),
    queues: queueStore(connection),
    hooks: hookStore(connection),
    schedules: scheduleStore(connection),
    chunks: null,
    installation: null,
    clock,
    selfFencing: false,
    pollMs: POLL_MS,
    onWork: (wake) => wakeUps.on(() => wake(CHANGE_KINDS)),
    hears: () => null,
    version: async () => wakeUps.version(),
    tidy: async () => {},
    oneHome: true,
    isReplaced: async () => isReplaced(),
    async close() {
      wakeUps.close();
      // Other processes may still have the deleted log open, and SQLite would leave its content to them.
      if (lostJournal(path)) await connection.checkpoint();
      await connection.close();
    },
  };
}
