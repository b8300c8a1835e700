/** Counts of jobs while their changes are folded. */
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../../../src/store/contract/store.js";
import { noPostgres, type PostgresServer, startPostgres } from "../../postgres/server.js";
import { waitFor } from "../../support/wait-for.js";
import { claim, insert, settle } from "../harness.js";
import { openPostgresHarness, type PostgresHarness } from "./harness.js";

describe.skipIf(noPostgres !== undefined)("on a server of its own", () => {
  let server: PostgresServer;
  let harness: PostgresHarness;
  let store: Store;

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  beforeEach(async () => {
    harness = await openPostgresHarness(server);
    store = harness.store;
  });
  afterEach(() => harness.close());

  async function rows(sql: string): Promise<unknown[]> {
    return (await harness.raw.query(sql)).rows;
  }
  const deltas = async () => (await rows("SELECT 1 FROM counts_delta")).length;
  const counted = () => rows("SELECT queue, state, count FROM job_counts ORDER BY queue, state");
  const there = () =>
    rows("SELECT queue, state, count(*) AS count FROM jobs GROUP BY queue, state ORDER BY queue, state");

  it("says the same before and after, and leaves no changes behind", async () => {
    for (let i = 0; i < 5; i++) await insert(store, { queue: "a" }, { queue: "b" });
    for (const job of await claim(store, { limit: 3 })) await settle(store, job);
    const before = await counted();
    expect(before).toEqual(await there());
    expect(await deltas()).toBeGreaterThan(0);
    await store.tidy();
    expect(await deltas()).toBe(0);
    expect(await counted()).toEqual(before);
    await store.tidy();
    expect(await counted()).toEqual(before);
  });

  it("is right at each moment while several fold and write", async () => {
    await insert(store, ...Array.from({ length: 60 }, () => ({})));
    const others = await Promise.all([harness.connect(), harness.connect()]);
    const folders = await Promise.all([harness.connect(), harness.connect()]);
    let writing = true;
    const fold = async (folder: Store) => {
      while (writing) await folder.tidy();
    };
    const look = async () => {
      while (writing) {
        const [{ sum } = { sum: 0 }] = (await rows("SELECT sum(count) AS sum FROM job_counts")) as { sum: string }[];
        expect(Number(sum)).toBe(60);
      }
    };
    const write = async (writer: Store) => {
      for (let i = 0; i < 30; i++) for (const job of await claim(writer, { limit: 1 })) await settle(writer, job);
    };
    const readers = Promise.all([look(), ...folders.map(fold)]);
    await Promise.all(others.map(write)).finally(() => {
      writing = false;
    });
    await readers;
    await store.tidy();
    expect([await deltas(), await counted()]).toEqual([0, await there()]);
  });

  it("loses nothing if it is killed in the middle", async () => {
    await insert(store, {}, { queue: "b" });
    const before = await counted();
    await store.tidy();
    await insert(store, {});
    // The folding waits for the row that it would add to, with the changes already taken.
    const holder = new pg.Client(server.url());
    await holder.connect();
    await holder.query("BEGIN");
    const { rows: schemas } = await harness.raw.query("SELECT current_schema() AS name");
    await holder.query(`UPDATE ${schemas[0].name}.counts_base SET count = count`);
    const folder = await harness.connect();
    const folding = folder.tidy();
    const waiting = async () => {
      const found = await rows(
        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%counts_base%'",
      );
      return (found as { pid: number }[])[0]?.pid;
    };
    const pid = await waitFor("it to wait", waiting);
    await harness.raw.query("SELECT pg_terminate_backend($1)", [pid]);
    await holder.end();
    // On its next connection it does it once more.
    await folding;
    expect(await deltas()).toBe(0);
    expect(await counted()).not.toEqual(before);
    expect(await counted()).toEqual(await there());
  });

  it("folds nothing while a queue is removed", async () => {
    await insert(store, {});
    await harness.raw.query("BEGIN");
    await harness.raw.query("SELECT pg_advisory_xact_lock(hashtext('queuectl counts'), hashtext(current_schema()))");
    await store.tidy();
    expect(await deltas()).toBeGreaterThan(0);
    await harness.raw.query("ROLLBACK");
    await store.tidy();
    expect(await deltas()).toBe(0);
  });
});
