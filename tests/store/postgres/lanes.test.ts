/**
 * The fast lane and the transactions together. A transaction is stopped in the middle, after its last statement and
 * before its commit, while another connection ends or claims jobs; then the other way round.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hooksOf } from "../../../src/core/hook/hook.js";
import type { Settlement } from "../../../src/store/contract/store.js";
import { command } from "../../../src/store/postgres/command.js";
import type { PostgresConnection } from "../../../src/store/postgres/connection/connection.js";
import { turnQuery } from "../../../src/store/postgres/fast/turn.js";
import type { Writing } from "../../../src/store/shared/connection.js";
import { endingOf } from "../../../src/store/shared/ending.js";
import { insertWithin } from "../../../src/store/shared/jobs/insert.js";
import { limitQueue } from "../../../src/store/shared/limits/queue-limits.js";
import type { Work } from "../../../src/store/shared/work.js";
import { noPostgres, type PostgresServer, startPostgres } from "../../postgres/server.js";
import { COMPLETE, claim, get, insert, newJob, processing, retryAfter, settle } from "../harness.js";
import { openPostgresHarness, type PostgresHarness } from "./harness.js";

const GATE = 4_712;
const HOOKS = JSON.stringify(hooksOf({ completed: "told" }));

describe.skipIf(noPostgres !== undefined)("the fast lane beside transactions", () => {
  let server: PostgresServer;
  let harness: PostgresHarness;
  let writer: PostgresConnection;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    harness = await openPostgresHarness(server);
    writer = harness.open();
  });
  afterEach(async () => {
    await writer.close();
    await harness.close();
  });

  /** Resolves when a query says yes. */
  async function until(sql: string): Promise<void> {
    const endsAt = performance.now() + 30_000;
    while (!(await harness.raw.query(`SELECT ${sql} AS yes`)).rows[0].yes) {
      if (performance.now() > endsAt) throw new Error(`it did not come to this: ${sql}`);
    }
  }

  /** Runs `act` while the transaction of `body` has done all but its commit. */
  async function during<T>(body: (writing: Writing) => Work<unknown>, act: () => Promise<T>): Promise<T> {
    await harness.raw.query("SELECT pg_advisory_lock($1)", [GATE]);
    const written = writer.write(function* (writing) {
      yield* body(writing);
      yield command(`SELECT pg_advisory_xact_lock(${GATE})`);
    });
    const waiting = "FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND";
    await until(`EXISTS (SELECT ${waiting} objid = ${GATE})`);
    let isOver = false;
    const acted = act().finally(() => {
      isOver = true;
    });
    // It is over, or it waits for the transaction.
    while (!isOver) {
      const { rows } = await harness.raw.query(`SELECT 1 ${waiting} objid <> ${GATE} AND mode = 'ShareLock'`);
      if (rows.length > 0) break;
    }
    await harness.raw.query("SELECT pg_advisory_unlock($1)", [GATE]);
    await written;
    return acted;
  }

  it("a child that is inserted while its parent ends is not left behind", async () => {
    const { store } = harness;
    const parent = await processing(store);
    const child = newJob();
    const edges = [{ child: child.id, parent: parent.id, when: "ok" as const, position: 0 }];
    const settled = await during(
      (writing) => insertWithin(writing, writing.sql.insert.chunks([child]), 1, edges),
      () => settle(store, parent),
    );
    expect(settled).toBe(true);
    expect((await get(store, child.id)).state).toBe("pending");
  });

  it("a hook that a queue gets while its job ends is run", async () => {
    const { store } = harness;
    const job = await processing(store);
    await during(
      ({ sql }) => sql.queues.putHooks.run({ name: "default", hooks: HOOKS, webhook_secret: null }),
      () => settle(store, job),
    );
    expect((await store.jobs.list({ queue: "_hooks" })).map(({ command }) => command)).toEqual(["told"]);
  });

  it("nothing begins in a queue that is paused in the meantime", async () => {
    const { store } = harness;
    await insert(store, {});
    const claimed = await during(
      ({ sql }) => sql.queues.pause.run({ name: "default" }),
      () => claim(store),
    );
    expect(claimed).toEqual([]);
  });

  it("no more begins than a limit allows that is set in the meantime", async () => {
    const { store } = harness;
    await insert(store, {}, {}, {});
    const claimed = await during(
      (writing) => limitQueue(writing, "default", { concurrency: 1 }),
      () => claim(store, { limit: 3 }),
    );
    expect(claimed).toHaveLength(1);
  });

  it("a job whose cancellation is requested in the meantime does not run again", async () => {
    const { store } = harness;
    const job = await processing(store);
    await during(
      ({ sql, now }) => sql.changes.requestCancel.all({ ids: [job.id], reason: null, now }),
      () => settle(store, job, retryAfter(0), { kind: "failed", exitCode: 1 }),
    );
    expect((await get(store, job.id)).state).toBe("cancelled");
  });

  it("jobs that move up in the meantime come first", async () => {
    const { store } = harness;
    const [, second = ""] = await insert(store, {}, {});
    const claimed = await during(
      function* () {
        yield { sql: "UPDATE jobs SET priority = 5 WHERE id = $1", parameters: [second] };
      },
      () => claim(store),
    );
    expect(claimed.map(({ id }) => id)).toEqual([second]);
  });

  it("a transaction waits for a turn that is under way, and sees what it did", async () => {
    const { store, raw, clock } = harness;
    const parent = await processing(store);
    const settlement: Settlement = {
      ...{ jobId: parent.id, fence: parent.fence, outcome: { kind: "succeeded" }, decision: COMPLETE },
    };
    const turn = turnQuery(1, [endingOf(settlement)], null, clock.now());
    await raw.query("BEGIN");
    const { rows } = await raw.query(turn.sql, turn.parameters as unknown[]);
    expect(rows.at(-1).ended.map(Number)).toEqual([parent.fence]);
    const child = newJob();
    const edges = [{ child: child.id, parent: parent.id, when: "ok" as const, position: 0 }];
    const inserted = store.jobs.insert([[child]], { edges: async () => edges });
    await until("EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)");
    await raw.query("COMMIT");
    await inserted;
    expect((await get(store, child.id)).state).toBe("pending");
  });

  it("a job that another turn holds is passed over, and found again when that one is given up", async () => {
    const { store, raw, clock } = harness;
    const [first = "", second = ""] = await insert(store, {}, {});
    const request = { workerId: "other", queues: null, limit: 1, leaseMs: 15_000 };
    const turn = turnQuery(1, [], request, clock.now());
    await raw.query("BEGIN");
    const { rows } = await raw.query(turn.sql, turn.parameters as unknown[]);
    expect(rows[0].id).toBe(first);
    expect((await claim(store)).map(({ id }) => id)).toEqual([second]);
    // There is one more, which may come back: the claim waits until it knows.
    const last = claim(store);
    await until("EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)");
    await raw.query("ROLLBACK");
    expect((await last).map(({ id }) => id)).toEqual([first]);
  });
});
