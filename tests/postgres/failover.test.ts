/** The primary is lost and its standby takes over. No fence comes twice, whatever the standby lacked. */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Store } from "../../src/store/contract/store.js";
import { migrateDatabase } from "../../src/store/migrate.js";
import { openPostgresStore } from "../../src/store/postgres/store.js";
import { PostgresLocation } from "../../src/store/postgres-location.js";
import { claim, insert } from "../store/harness.js";
import { waitFor } from "../support/wait-for.js";
import { noPostgres, type PostgresServer, startPostgres } from "./server.js";

describe.skipIf(noPostgres !== undefined)("a failover", () => {
  let primary: PostgresServer;
  let standby: PostgresServer;
  let admin: pg.Client;
  let store: Store;
  beforeAll(async () => {
    primary = await startPostgres();
    standby = await primary.standby();
    admin = new pg.Client(standby.url());
    await admin.connect();
    const hosts = [primary, standby].map(({ socket }) => encodeURIComponent(socket)).join(",");
    const database = new PostgresLocation(`postgres://postgres@/postgres?host=${hosts}`);
    await migrateDatabase({ database, home: "/nonexistent", dryRun: false });
    store = await openPostgresStore({ database, home: "/nonexistent" });
  });
  afterAll(async () => {
    await store?.close();
    await admin?.end();
    for (const server of [primary, standby]) await server?.stop();
  });

  it("to a standby that was behind gives no fence twice, and goes on by itself", async () => {
    await insert(store, ...Array.from({ length: 20 }, () => ({})));
    const before = (await claim(store, { limit: 5 })).map(({ fence }) => fence);
    await waitFor("the standby to have them", async () => {
      const known = await admin.query("SELECT to_regclass('queuectl.attempts') IS NOT NULL AS known");
      if (!known.rows[0].known) return false;
      const { rows } = await admin.query("SELECT count(*)::int AS n FROM queuectl.attempts");
      return rows[0].n === 5;
    });
    await admin.query("ALTER SYSTEM SET primary_conninfo = ''");
    await admin.query("SELECT pg_reload_conf()");
    await waitFor("it to be cut off", async () => {
      const { rows } = await admin.query("SELECT count(*)::int AS n FROM pg_stat_wal_receiver");
      return rows[0].n === 0;
    });
    const lost = (await claim(store, { limit: 5 })).map(({ fence }) => fence);
    await primary.halt("SIGKILL");
    await admin.query("SELECT pg_promote()");
    const after = (await claim(store, { limit: 5 })).map(({ fence }) => fence);
    expect(after).toHaveLength(5);
    expect(Math.min(...after)).toBeGreaterThan(Math.max(...before, ...lost) + 1_000_000);
    // Once only, however many connections follow.
    const again = (await claim(store, { limit: 1 })).map(({ fence }) => fence);
    expect(again).toEqual([Math.max(...after) + 1]);
  });
});
