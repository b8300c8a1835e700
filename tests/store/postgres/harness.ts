/** A store over a schema of its own, and a second connection to look at it without the store. */
import pg from "pg";
import type { Store } from "../../../src/store/contract/store.js";
import type { PostgresConnection } from "../../../src/store/postgres/connection/connection.js";
import { migrate } from "../../../src/store/postgres/migrations/migrate.js";
import { connect, openPostgresStore } from "../../../src/store/postgres/store.js";
import { PostgresLocation } from "../../../src/store/postgres-location.js";
import type { PostgresServer } from "../../postgres/server.js";
import { ManualClock, type QueueLimits, type StoreHarness } from "../harness.js";

export interface PostgresHarness extends StoreHarness {
  readonly raw: pg.Client;
  readonly url: string;
  /** A connection without a store, for transactions of the test's own. The test closes it. */
  open(): PostgresConnection;
}

let schemas = 0;

export async function openPostgresHarness(server: PostgresServer): Promise<PostgresHarness> {
  const schema = `test_${process.pid}_${++schemas}`;
  const url = server.url(`&schema=${schema}`);
  const database = new PostgresLocation(url);
  const clock = new ManualClock();
  const connection = connect({ database, home: "/nonexistent" });
  await migrate(connection, schema);
  await connection.close();
  const stores: Store[] = [];
  const open = async () => {
    const store = await openPostgresStore({ database, home: "/nonexistent", clock });
    stores.push(store);
    return store;
  };
  const store = await open();
  const raw = new pg.Client(server.url());
  await raw.connect();
  await raw.query(`SET search_path = ${schema}`);
  // As in a new SQLite file.
  await raw.query("DELETE FROM settings");
  return {
    store,
    clock,
    connect: open,
    raw,
    url,
    open: () => connect({ database, home: "/nonexistent", clock }),
    async snapshot(jobId) {
      const { rows: jobs } = await raw.query("SELECT * FROM jobs WHERE id = $1", [jobId]);
      const { rows: attempts } = await raw.query(
        "SELECT attempts.* FROM attempts JOIN jobs ON jobs.seq = attempts.job WHERE jobs.id = $1 ORDER BY attempts.fence",
        [jobId],
      );
      return { job: jobs[0], attempts };
    },
    async block(jobId) {
      await raw.query("UPDATE jobs SET state = 'blocked' WHERE id = $1", [jobId]);
    },
    async limit(queue, { concurrency, rate, maxLength }: QueueLimits) {
      await raw.query("DELETE FROM queues WHERE name = $1", [queue]);
      await raw.query(
        "INSERT INTO queues (name, concurrency, rate_count, rate_ms, max_length) VALUES ($1, $2, $3, $4, $5)",
        [queue, concurrency ?? null, rate?.[0] ?? null, rate?.[1] ?? null, maxLength ?? null],
      );
    },
    async close() {
      await raw.query(`DROP SCHEMA ${schema} CASCADE`);
      await raw.end();
      for (const opened of stores) await opened.close();
    },
  };
}
