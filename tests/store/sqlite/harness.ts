/** A store over a SQLite file in a directory of its own, and a second connection to look at it without the store. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import type { Store } from "../../../src/store/contract/store.js";
import { openSqliteStore } from "../../../src/store/sqlite/store.js";
import { ManualClock, type QueueLimits, type StoreHarness } from "../harness.js";

export interface SqliteHarness extends StoreHarness {
  readonly path: string;
  /** Without the store: for what a test breaks on purpose. */
  readonly raw: Sqlite.Database;
}

export async function temporaryHome(): Promise<{ home: string; path: string; remove: () => Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), "queuectl-store-"));
  return { home, path: join(home, "queuectl.db"), remove: () => rm(home, { recursive: true, force: true }) };
}

export async function openSqliteHarness(): Promise<SqliteHarness> {
  const { home, path, remove } = await temporaryHome();
  const clock = new ManualClock();
  const stores: Store[] = [];
  const connect = async () => {
    const store = await openSqliteStore({ path, home, clock });
    stores.push(store);
    return store;
  };
  const store = await connect();
  const raw = new Sqlite(path, { timeout: 5000 });
  return {
    store,
    clock,
    connect,
    path,
    raw,
    async snapshot(jobId) {
      return {
        job: raw.prepare("SELECT * FROM jobs WHERE id = ?").get(jobId),
        attempts: raw.prepare("SELECT * FROM attempts WHERE job_id = ? ORDER BY fence").all(jobId),
      };
    },
    async block(jobId) {
      raw.prepare("UPDATE jobs SET state = 'blocked' WHERE id = ?").run(jobId);
    },
    async limit(queue, { concurrency, rate, maxLength }: QueueLimits) {
      raw
        .prepare(
          `INSERT OR REPLACE INTO queues (name, concurrency, rate_count, rate_ms, max_length) VALUES (?, ?, ?, ?, ?)`,
        )
        .run(queue, concurrency ?? null, rate?.[0] ?? null, rate?.[1] ?? null, maxLength ?? null);
    },
    async close() {
      raw.close();
      for (const opened of stores) await opened.close();
      await remove();
    },
  };
}
