/**
 * What a worker does all day must not depend on how many jobs there are: SQLite says of every statement that was prepared
 * on the way how it finds its rows, and none may read a table or an index from one end to the other, nor all jobs of a state.
 */
import Sqlite from "better-sqlite3";
import { afterEach, expect, it, vi } from "vitest";
import { claim, get, insert, newJob, processing, RELEASE, retryAfter, settle } from "./harness.js";
import { openSqliteHarness } from "./sqlite-harness.js";

/** Of this state there are as many jobs as slots. */
const FEW = /state = 'processing'/;

afterEach(() => vi.restoreAllMocks());

it("nothing in a worker's day scans the jobs or the attempts", async () => {
  const prepare = vi.spyOn(Sqlite.prototype, "prepare");
  const { store, raw, clock, pause, close } = await openSqliteHarness();
  await pause("paused");
  prepare.mockClear();

  await insert(store, {}, { queue: "other" }, { queue: "paused" }, { runAt: clock.now() + 1e9 });
  await store.jobs.insert([[newJob({ id: "again" })]], { replace: true });
  await expect(store.jobs.insert([[newJob({ id: "again" })]])).rejects.toThrow("already exists");
  const [first] = await claim(store);
  if (first === undefined) throw new Error("nothing was claimed");
  await store.leases.renew([first.fence], 1000);
  await store.leases.started(first.fence, 1);
  await store.leases.cancellations("worker-1");
  await store.leases.leases("worker-1");
  await store.leases.leases();
  await store.leases.expired();
  await settle(store, first, retryAfter(0), { kind: "failed", exitCode: 1 });
  await settle(store, (await claim(store, { queues: ["other"] }))[0] ?? first, RELEASE, { kind: "interrupted" });
  for (const job of await claim(store, { limit: 9 })) await settle(store, job);
  await get(store, first.id);
  await store.jobs.attempts(first.id);
  await store.jobs.output(first.fence);
  await store.jobs.idsWithPrefix("job", 1);
  await store.jobs.cancel((await processing(store, { priority: 9 })).id, null);
  await store.jobs.revive(first.id);
  await store.jobs.expedite(first.id);
  await store.jobs.delete(first.id);

  const statements = [...new Set(prepare.mock.calls.map(([sql]) => String(sql)))].filter(
    (sql) => /\bjobs\b|\battempts\b/.test(sql) && !/^pragma/i.test(sql),
  );
  expect(statements.length).toBeGreaterThan(20);
  const plan = (sql: string) => {
    const parameters = new Array(sql.split("?").length - 1).fill(null);
    const steps = raw.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(parameters) as { detail: string }[];
    return steps.map((step) => step.detail);
  };
  const scans = statements.flatMap((sql) =>
    plan(sql)
      .filter((detail) => /^SCAN (jobs|attempts)\b/.test(detail) || (/jobs_by_state/.test(detail) && !FEW.test(sql)))
      .map((detail) => `${detail}: ${sql}`),
  );
  expect(scans).toEqual([]);
  await close();
});
