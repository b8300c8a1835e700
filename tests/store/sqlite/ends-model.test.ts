/**
 * Random calls on jobs that have hooks, limit keys and dependencies. Two things must hold after each of them: every job that
 * has come to a state with hooks has enqueued exactly these, and of the parked jobs none is left behind.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { QueuectlError } from "../../../src/core/errors.js";
import { HOOK_EVENTS, HOOK_QUEUE, type Hook, hooksOf } from "../../../src/core/hook/hook.js";
import { hookJobs } from "../../../src/core/hook/hook-jobs.js";
import { decide } from "../../../src/core/job/decide.js";
import type { Job } from "../../../src/core/job/job.js";
import type { Outcome } from "../../../src/core/job/outcome.js";
import type { ClaimedJob } from "../../../src/store/contract/store.js";
import { newJob } from "../harness.js";
import { openSqliteHarness, type SqliteHarness } from "./harness.js";

const POLICY = { maxRetries: 2, backoff: { base: 2, maxMs: 3_600_000, jitter: 0 } };
const OF_QUEUE = hooksOf({ dead: "of the queue" });
const OUTCOMES: readonly Outcome[] = [
  { kind: "succeeded" },
  { kind: "failed", exitCode: 3 },
  { kind: "interrupted" },
  { kind: "cancelled", reason: "no" },
  { kind: "lost", message: "gone" },
];

interface World extends SqliteHarness {
  readonly held: ClaimedJob[];
}
type Step = (world: World) => Promise<unknown>;

const pick = fc.nat({ max: 30 });

const insert: fc.Arbitrary<Step> = fc
  .array(
    fc.record({
      queue: fc.constantFrom("plain", "plain", "hooked"),
      priority: fc.nat({ max: 2 }),
      limitKey: fc.constantFrom(null, "k", "k"),
      limit: fc.constantFrom(1, 1, 2),
      hooks: fc.subarray(hooksOf({ completed: "c", failed: "f", dead: "d" })),
      uniqueKey: fc.constantFrom(null, null, null, null, "u"),
      parent: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: pick }),
      when: fc.constantFrom("ok", "fail", "any"),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((wishes) => async ({ store, raw }) => {
    const ids = raw.prepare("SELECT id FROM jobs ORDER BY seq").pluck().all() as string[];
    const jobs = wishes.map(({ hooks, limit, limitKey, parent: _, when: __, ...wish }) =>
      newJob({ ...wish, limitKey, limit: limitKey && limit, onConflict: "replace", options: { hooks } }),
    );
    const edges = wishes.flatMap(({ parent, when }, position) => {
      const [child, id] = [jobs[position]?.id, parent === null ? undefined : ids[parent % ids.length]];
      return child === undefined || id === undefined ? [] : [{ child, parent: id, when, position } as const];
    });
    // A key whose job runs, a cycle, two conditions for one parent: refused as a whole.
    await store.jobs.insert([jobs], { edges: async () => edges }).catch((error) => {
      if (!(error instanceof QueuectlError)) throw error;
    });
  });

const claim: fc.Arbitrary<Step> = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(null, ["plain"], ["plain", "hooked"], [HOOK_QUEUE]))
  .map(([limit, queues]) => async ({ store, held }) => {
    held.push(...(await store.leases.claim({ workerId: "w", queues, limit, leaseMs: 1e9 })).jobs);
  });

const settle: fc.Arbitrary<Step> = fc
  .array(fc.tuple(pick, fc.constantFrom(...OUTCOMES)), { minLength: 1, maxLength: 3 })
  .map((ends) => async ({ store, clock, held }) => {
    const settlements = ends.flatMap(([which, outcome]) =>
      held.splice(which % Math.max(1, held.length), 1).map((job) => {
        const decision = decide(job, outcome, POLICY, { now: clock.now() });
        return { jobId: job.id, fence: job.fence, outcome, decision };
      }),
    );
    await store.leases.settle(settlements);
  });

/** Half of the time of the jobs whose turn it is next. */
const ALL = "SELECT id FROM jobs ORDER BY seq";
const NEXT = "SELECT id FROM jobs WHERE state IN ('pending', 'failed') AND parked = 0 ORDER BY limit_key IS NULL, seq";

const change: fc.Arbitrary<Step> = fc
  .tuple(
    fc.constantFrom("cancel", "delete", "revive"),
    fc.uniqueArray(pick, { minLength: 1, maxLength: 4 }),
    fc.constantFrom(ALL, NEXT),
  )
  .map(([what, which, among]) => async ({ store, raw }) => {
    const all = raw.prepare(among).pluck().all() as string[];
    const ids = [...new Set(which.flatMap((n) => all[n % Math.max(1, all.length)] ?? []))];
    if (what === "cancel") await store.jobs.cancelAll(ids, null);
    if (what === "delete") await store.jobs.deleteAll(ids);
    if (what === "revive") await store.jobs.reviveAll(ids);
  });

const edit: fc.Arbitrary<Step> = fc
  .tuple(pick, fc.nat({ max: 2 }))
  .map(([which, priority]) => async ({ store, raw }) => {
    const ids = raw.prepare(NEXT).pluck().all() as string[];
    const job = await store.jobs.get(ids[which % Math.max(1, ids.length)] ?? "");
    if (job !== null) await store.jobs.edit(job, { ...job, priority });
  });

const pass: fc.Arbitrary<Step> = pick.map(
  (n) =>
    async ({ clock }) =>
      clock.advance(n * 200),
);

/** What the hooks of all jobs that have just come to one of their states are told, and how they are to run. */
function expectedHooks(before: ReadonlyMap<string, Job>, after: readonly Job[], runs: ReadonlyMap<string, number>) {
  return after
    .filter(({ id, state }) => HOOK_EVENTS.some((event) => event === state) && before.get(id)?.state !== state)
    .flatMap((job) => {
      const hooks: Hook[] = [...(job.options.hooks ?? []), ...(job.queue === "hooked" ? OF_QUEUE : [])];
      return hookJobs({ ...job, runs: runs.get(job.id) ?? 0 }, hooks, () => "any");
    })
    .map(({ env, command, priority }) => JSON.stringify([env, command, priority]))
    .sort();
}

/** Parked jobs of a group, equal in key, queue and limit, that are among the n best and could be one of n more that run. */
const LEFT_BEHIND = `
  SELECT job.id FROM jobs AS job
  WHERE job.parked = 1 AND job.state IN ('pending', 'failed')
    AND job.limit_max - (SELECT count(*) FROM jobs WHERE state = 'processing' AND limit_key = job.limit_key) > (
      SELECT count(*) FROM jobs AS other
      WHERE other.parked = 0 AND other.state IN ('pending', 'failed')
        AND (other.limit_key, other.queue, other.limit_max) = (job.limit_key, job.queue, job.limit_max)
        AND (-other.priority, other.run_at, other.seq) < (-job.priority, job.run_at, job.seq))`;

it("enqueues the hooks of every end, and leaves no parked job behind", { timeout: 600_000 }, async () => {
  const step = fc.oneof(...[insert, claim, claim, settle, settle, change, change, edit, pass]);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60, size: "max" }), async (steps) => {
      const harness = await openSqliteHarness();
      const { store, raw } = harness;
      const world: World = { ...harness, held: [] };
      let [ends, parked] = [0, 0];
      try {
        await store.hooks.change("hooked", { dead: "of the queue" });
        let before: readonly Job[] = [];
        for (const run of steps) {
          await run(world);
          const jobs = await store.jobs.list({});
          const known = new Map(before.map((job) => [job.id, job]));
          const runs = new Map(raw.prepare("SELECT id, runs FROM jobs").raw().all() as [string, number][]);
          const made = jobs
            .filter(({ id, queue }) => queue === HOOK_QUEUE && !known.has(id))
            .map(({ env, command, priority }) => JSON.stringify([env, command, priority]))
            .sort();
          expect(made).toEqual(expectedHooks(known, jobs, runs));
          expect(raw.prepare(LEFT_BEHIND).all()).toEqual([]);
          ends += made.length;
          parked += raw.prepare("SELECT count(*) FROM jobs WHERE parked = 1").pluck().get() as number;
          before = jobs;
        }
      } finally {
        await harness.close();
      }
      totals.ends += ends;
      totals.parked += parked;
    }),
    // On a failure fast-check prints the seed; FAULTS_SEED=n replays it.
    {
      numRuns: process.env.FAULTS === "long" ? 1000 : 40,
      ...(process.env.FAULTS_SEED && { seed: Number(process.env.FAULTS_SEED) }),
    },
  );
  // Otherwise it has tested nothing.
  expect(Math.min(totals.ends, totals.parked)).toBeGreaterThan(0);
});

const totals = { ends: 0, parked: 0 };
