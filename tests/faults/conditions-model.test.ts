/**
 * Random commands on jobs that wait for each other, share unique keys and limit keys, in queues that have limits, and of schedules
 * that enqueue some of them. After each
 * command the whole store must make sense by itself: nobody runs too early or too many at a time, and, what is easier to
 * get wrong, nobody waits for something that cannot come.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { decide } from "../../src/core/job/decide.js";
import { describeJob, prepareEdit } from "../../src/core/job/edit.js";
import type { Job } from "../../src/core/job/job.js";
import type { Outcome } from "../../src/core/job/outcome.js";
import { isTerminal } from "../../src/core/job/state.js";
import type { NewJob } from "../../src/store/contract/store.js";
import { JobConflictError } from "../../src/store/errors.js";
import { onEachDatabase } from "../store/databases.js";
import { cancelJob, deleteJob, newJob, reviveJob, type StoreHarness } from "../store/harness.js";
import { bulkSteps, checkBulk } from "./bulk-steps.js";
import { LONG } from "./random.js";
import { ScheduleModel } from "./schedule-model.js";
import { scheduleSteps } from "./schedule-steps.js";
import { type NamedStep, of, pick, readable, type World } from "./world.js";

const POLICY = { maxRetries: 2, backoff: { base: 2, maxMs: 3_600_000, jitter: 0 } };
const QUEUES = ["free", "narrow", "slow"] as const;
const SLOTS = 2;
const STARTS = 2;
const RATE_MS = 5000;
const enqueue: fc.Arbitrary<NamedStep> = fc
  .record({
    queue: fc.constantFrom(...QUEUES),
    after: fc.uniqueArray(fc.record({ job: pick, when: fc.constantFrom("ok", "fail", "any") }), {
      maxLength: 3,
      selector: ({ job }) => job,
    }),
    onUnmet: fc.constantFrom("bury", "bury", "hold"),
    uniqueKey: fc.constantFrom(null, null, "u", "v"),
    onConflict: fc.constantFrom("skip", "replace", "reject"),
    limitKey: fc.constantFrom(null, "k", "l"),
    limit: fc.integer({ min: 1, max: 3 }),
    priority: fc.nat({ max: 2 }),
    replaces: fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: pick }),
  })
  .map(({ after, limitKey, limit, replaces, ...wish }) => ({
    name: `enqueue ${JSON.stringify({ after, limitKey, limit, replaces, ...wish })}`,
    step: async (world) => {
      const { store, ids, scheduled, waived, cancelled } = world;
      const old = replaces === null ? undefined : of(ids, replaces);
      const id = old ?? `j${world.made++}`;
      const edges = new Map(
        after.flatMap(({ job, when }) => {
          const parent = of([...ids, ...scheduled], job);
          return parent === undefined ? [] : [[parent, { child: id, parent, when, position: 0 } as const]];
        }),
      );
      const job = newJob({ ...(wish as Partial<NewJob>), id, limitKey, limit: limitKey && limit });
      try {
        await store.jobs.insert([[job]], { edges: async () => [...edges.values()], replace: old !== undefined });
        if (old === undefined && (await store.jobs.get(id)) !== null) ids.push(id);
        waived.delete(id);
        cancelled.delete(id);
        world.behind = world.behind.filter(({ child }) => child !== id);
      } catch (error) {
        // A key that is taken, a job that runs, a parent that was deleted, a cycle: refused as a whole.
        if (!(error instanceof JobConflictError) && !/no job|wait for each other/.test(String(error))) throw error;
      }
    },
  }));

/** Some at once that want the same and are not alike. */
const crowd: fc.Arbitrary<NamedStep> = fc
  .array(fc.record({ queue: fc.constantFrom(...QUEUES), limit: fc.integer({ min: 1, max: 3 }) }), {
    minLength: 2,
    maxLength: 6,
  })
  .map((wishes) => ({
    name: `crowd ${wishes.map(({ queue, limit }) => `${queue} ${limit}`)}`,
    step: async ({ store, ids }) => {
      const jobs = wishes.map((wish) => newJob({ ...wish, limitKey: "k" }));
      await store.jobs.insert([jobs]);
      ids.push(...jobs.map(({ id }) => id));
    },
  }));

/** The queues that a worker serves. */
const SERVED = [null, null, ["free"], ["narrow", "slow"], ["slow", "free"]] as const;

const claim: fc.Arbitrary<NamedStep> = fc
  .tuple(fc.nat({ max: 5 }), fc.nat({ max: 3 }), fc.constantFrom(...SERVED))
  .map(([limit, ahead, queues]) => ({
    name: `claim ${limit}, and ${ahead} ahead, of ${queues ?? "any"}`,
    step: async (world) => {
      const { taken, mayBeAhead } = await nextToRun(world, limit, queues);
      const { jobs } = await world.store.leases.claim({ workerId: "w", queues, limit, ahead, leaseMs: 1e9 });
      const claimed = jobs.map(({ id }) => id);
      expect(claimed.splice(0, taken.length).sort()).toEqual(taken.sort());
      // What is limited ends it, also if that could not run now: only a claim that comes upon it knows.
      expect(claimed.length).toBeLessThanOrEqual(ahead);
      expect(claimed).toEqual(mayBeAhead.slice(0, claimed.length));
      for (const job of jobs) {
        world.held.push(job);
        if (job.queue === "slow") world.starts.push({ at: world.clock.now(), fence: job.fence });
      }
    },
  }));

const unclaim: fc.Arbitrary<NamedStep> = pick.map((which) => ({
  name: `unclaim ${which}`,
  step: async ({ store, held, starts }) => {
    const job = of(held, which);
    if (job === undefined) return;
    held.splice(held.indexOf(job), 1);
    expect(await store.leases.unclaim([{ jobId: job.id, fence: job.fence }])).toEqual([true]);
    const start = starts.findIndex(({ fence }) => fence === job.fence);
    if (start >= 0) starts.splice(start, 1);
    expect((await store.jobs.attempts(job.id)).some(({ fence }) => fence === job.fence)).toBe(false);
  },
}));

const OUTCOMES: readonly Outcome[] = [
  { kind: "succeeded" },
  { kind: "succeeded" },
  { kind: "failed", exitCode: 1 },
  { kind: "interrupted" },
  { kind: "cancelled", reason: null },
  { kind: "lost", message: "gone" },
];

const settle: fc.Arbitrary<NamedStep> = fc.tuple(pick, fc.constantFrom(...OUTCOMES)).map(([which, outcome]) => ({
  name: `settle ${which}: ${outcome.kind}`,
  step: async ({ store, clock, held }) => {
    const job = of(held, which);
    if (job === undefined) return;
    held.splice(held.indexOf(job), 1);
    const decision = decide(job, outcome, POLICY, { now: clock.now() });
    expect(await store.leases.settle([{ jobId: job.id, fence: job.fence, outcome, decision }])).toEqual([true]);
  },
}));

const CHANGES = { cancel: cancelJob, revive: reviveJob, delete: deleteJob };

const change: fc.Arbitrary<NamedStep> = fc
  .tuple(pick, fc.constantFrom("cancel", "revive", "delete"))
  .map(([which, what]) => ({
    name: `${what} ${which}`,
    step: async (world) => {
      const { store, ids, scheduled, waived, cancelled } = world;
      const id = of([...ids, ...scheduled], which);
      if (id === undefined) return;
      const { kind } = await CHANGES[what](store, id);
      if (what === "revive" && kind === "changed") {
        waived.add(id);
        cancelled.delete(id);
        world.behind = world.behind.filter(({ child }) => child !== id);
      }
      if (what === "delete" && kind === "changed") {
        const list = ids.includes(id) ? ids : scheduled;
        list.splice(list.indexOf(id), 1);
      }
    },
  }));

const pass: fc.Arbitrary<NamedStep> = fc.integer({ min: 0, max: 8000 }).map((ms) => ({
  name: `pass ${ms}`,
  step: async ({ clock }) => clock.advance(ms),
}));

const pause: fc.Arbitrary<NamedStep> = fc
  .tuple(fc.constantFrom(...QUEUES), fc.constantFrom("pause", "resume", "resume"))
  .map(([queue, what]) => ({
    name: `${what} ${queue}`,
    step: async ({ store }) => void (await store.queues[what](queue)),
  }));

const edit: fc.Arbitrary<NamedStep> = fc
  .tuple(pick, fc.constantFrom(...QUEUES), fc.nat({ max: 2 }))
  .map(([which, queue, priority]) => ({
    name: `edit ${which}: ${queue}, ${priority}`,
    step: async ({ store, ids, clock }) => {
      const job = await store.jobs.get(of(ids, which) ?? "");
      if (job !== null)
        await store.jobs.edit(job, prepareEdit(job, { ...describeJob(job), queue, priority }, clock.now()));
    },
  }));

/**
 * What a worker with so many free slots is to take: the jobs in their order, but for those that something keeps. And
 * what it may claim ahead after them.
 */
async function nextToRun(world: World, slots: number, queues: readonly string[] | null) {
  const { store, clock, starts } = world;
  const jobs = await store.jobs.list({});
  const paused = await store.queues.paused();
  const running = jobs.filter(({ state }) => state === "processing");
  const recent = starts.filter(({ at }) => at > clock.now() - RATE_MS).length;
  const due = jobs
    .map((job, age) => ({ ...job, age }))
    .filter(({ state, runAt }) => (state === "pending" || state === "failed") && runAt <= clock.now())
    .filter(({ queue }) => !paused.includes(queue) && (queues === null || queues.includes(queue)))
    .sort((a, b) => b.priority - a.priority || a.runAt - b.runAt || a.age - b.age);
  const taken: Job[] = [];
  const mayBeAhead: string[] = [];
  for (const job of due) {
    const beside = (what: (other: Job) => boolean) => [...running, ...taken].filter(what).length;
    const started = recent + taken.filter(({ queue }) => queue === "slow").length;
    if (job.limit !== null && beside(({ limitKey }) => limitKey === job.limitKey) >= job.limit) continue;
    if (job.queue === "narrow" && beside(({ queue }) => queue === "narrow") >= SLOTS) continue;
    if (job.queue === "slow" && started >= STARTS) continue;
    if (taken.length < slots) taken.push(job);
    else if (job.limit !== null || job.queue === "narrow" || job.queue === "slow") break;
    else mayBeAhead.push(job.id);
  }
  return { taken: taken.map(({ id }) => id), mayBeAhead };
}

async function check({ store, clock, starts, waived, schedules }: World): Promise<void> {
  const jobs = await store.jobs.list({});
  schedules.checkOverlaps(jobs, waived);
  const processing = jobs.filter(({ state }) => state === "processing");
  for (const key of ["k", "l"]) {
    const limits = processing.flatMap(({ limitKey, limit }) => (limitKey === key ? [limit ?? 0] : []));
    expect(limits.length).toBeLessThanOrEqual(Math.max(0, ...limits));
  }
  expect(processing.filter(({ queue }) => queue === "narrow").length).toBeLessThanOrEqual(SLOTS);
  expect(starts.filter(({ at }) => at > clock.now() - RATE_MS).length).toBeLessThanOrEqual(STARTS);

  const keys = jobs.flatMap(({ state, uniqueKey }) => (uniqueKey !== null && !isTerminal(state) ? [uniqueKey] : []));
  expect(new Set(keys).size).toBe(keys.length);

  for (const job of jobs) {
    const dependencies = await store.jobs.dependencies(job.id);
    const waits = dependencies.filter(({ status }) => status === "waiting");
    const unmet = dependencies.filter(({ status }) => status === "unmet");
    if (job.state === "blocked") {
      expect(waits.length + unmet.length).toBeGreaterThan(0);
      if (unmet.length > 0) expect(job.onUnmet).toBe("hold");
    } else if (!isTerminal(job.state) && !waived.has(job.id)) {
      expect([...waits, ...unmet]).toEqual([]);
    }
    // Whoever waits, waits for somebody who is still to end.
    if (job.state === "blocked") {
      for (const { state } of waits) expect(state === null || isTerminal(state)).toBe(false);
    }
  }
}

onEachDatabase((open, share) => {
  it("keeps every limit, and leaves nobody waiting for nothing", { timeout: 600_000 }, async () => {
    const seed = process.env.FAULTS_SEED;
    const step = fc.oneof(
      { weight: 8, arbitrary: enqueue },
      { weight: 3, arbitrary: claim },
      { weight: 3, arbitrary: settle },
      { weight: 1, arbitrary: unclaim },
      ...[crowd, change, edit, pause, pass, ...bulkSteps, ...scheduleSteps].map((arbitrary) => ({
        weight: 1,
        arbitrary,
      })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step.map(readable), { maxLength: 60, size: "max" }), async (steps) => {
        const harness: StoreHarness = await open();
        try {
          await harness.limit("narrow", { concurrency: SLOTS });
          await harness.limit("slow", { rate: [STARTS, RATE_MS] });
          const { store, clock } = harness;
          const schedules = new ScheduleModel(store, clock);
          const world: World = {
            store,
            clock,
            ids: [],
            made: 0,
            scheduled: [],
            held: [],
            starts: [],
            waived: new Set(),
            cancelled: new Set(),
            behind: [],
            schedules,
          };
          for (const { step } of steps) {
            await step(world);
            await check(world);
            await checkBulk(world);
          }
        } finally {
          await harness.close();
        }
      }),
      // On a failure fast-check prints the seed and the shortest steps; FAULTS_SEED=n replays it.
      { numRuns: Math.ceil((LONG ? 2000 : 100) * share), ...(seed === undefined ? {} : { seed: Number(seed) }) },
    );
  });
});
