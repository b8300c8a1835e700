/**
 * The plans of the fast lane, as the server really made them. None may read all of the jobs or attempts, whether the
 * tables are empty or full and however old the statistics are.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { turnQuery } from "../../../src/store/postgres/fast/turn.js";
import { endingOf } from "../../../src/store/shared/ending.js";
import { noPostgres, type PostgresServer, startPostgres } from "../../postgres/server.js";
import { COMPLETE, claim, insert } from "../harness.js";
import { openPostgresHarness, type PostgresHarness } from "./harness.js";

const OTHERS = `INSERT INTO jobs (id, command, state, queue, priority, cwd, env, tags, run_at, created_at, updated_at, finished_at)
  SELECT 'other-' || n, '"true"', (ARRAY['pending', 'completed', 'dead'])[n % 3 + 1], 'default', 0, '/', '{}', '[]',
    CASE n % 3 WHEN 0 THEN 9e15 ELSE 0 END, 0, 0, CASE WHEN n % 3 > 0 THEN 1 END
  FROM generate_series(1, $1::bigint) AS n`;
const ATTEMPTS = `INSERT INTO attempts (fence, job, attempt, worker_id, started_at)
  SELECT seq + 1000000, seq, 1, 'w', 0 FROM jobs WHERE state <> 'pending'`;

describe.skipIf(noPostgres !== undefined)("the plans of a turn", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  /** Of every statement that a call of the function runs, triggers' among them. */
  async function plansOf({ store, raw, clock }: PostgresHarness): Promise<string[]> {
    await insert(store, ...Array.from({ length: 12 }, () => ({})));
    const held = await claim(store, { limit: 4 });
    const endings = held.map(({ id, fence }) =>
      endingOf({ jobId: id, fence, outcome: { kind: "succeeded" }, decision: COMPLETE }),
    );
    const plans: string[] = [];
    raw.on("notice", ({ message }) => plans.push(message ?? ""));
    await raw.query("LOAD 'auto_explain'");
    await raw.query(`SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on;
      SET client_min_messages = log`);
    const request = { workerId: "w", queues: null, limit: 4, leaseMs: 15_000 };
    const { sql, parameters } = turnQuery(1, endings, request, clock.now());
    const { rows } = await raw.query(sql, parameters as unknown[]);
    expect(rows.filter(({ id }) => id !== null)).toHaveLength(4);
    expect(rows.at(-1).ended).toHaveLength(4);
    return plans;
  }

  for (const [name, others] of [
    ["with nothing else there", 0],
    ["with 100,000 other jobs", 100_000],
  ] as const) {
    it(`read no table from end to end, ${name}`, async () => {
      const harness = await openPostgresHarness(server);
      try {
        if (others > 0) {
          await harness.raw.query(OTHERS, [others]);
          await harness.raw.query(ATTEMPTS);
        }
        const plans = await plansOf(harness);
        expect(plans.length).toBeGreaterThan(6);
        for (const plan of plans)
          expect(plan).not.toMatch(/Seq Scan on (jobs|attempts)|Bitmap|Hash Join|Merge Join|JIT/);
        const picks = plans.find((plan) => plan.includes("LockRows")) ?? "";
        expect(picks).toMatch(/Index Scan using jobs_due on jobs\s.*\n\s+Index Cond: .*run_at/);
      } finally {
        await harness.close();
      }
    });
  }
});
