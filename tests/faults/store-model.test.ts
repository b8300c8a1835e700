/**
 * The store against a model that fits on one page: random commands under a clock that the test moves, and after each one
 * states, counts, attempts, fences and outcomes must be what the model says.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { decide } from "../../src/core/job/decide.js";
import { NO_OPTIONS } from "../../src/core/job/options.js";
import type { Outcome } from "../../src/core/job/outcome.js";
import { type JobState, STATES } from "../../src/core/job/state.js";
import type { Store } from "../../src/store/contract/store.js";
import { onEachDatabase } from "../store/databases.js";
import { cancelJob, deleteJob, type ManualClock, newJob, reviveJob } from "../store/harness.js";
import { LONG } from "./random.js";

const POLICY = { maxRetries: 3, backoff: { base: 2, maxMs: 3_600_000, jitter: 0 } };
const LEASE_MS = 15_000;

interface ModelJob {
  id: string;
  state: JobState;
  runAt: number;
  attempts: number;
  interruptions: number;
  losses: number;
  fence: number;
  expiresAt: number;
  cancelWanted: boolean;
  /** With their fences. */
  attemptsMade: { readonly fence: number; outcome: Outcome["kind"] | null }[];
}

interface Model {
  now: number;
  fence: number;
  made: number;
  jobs: ModelJob[];
  /** How each attempt ended, by job and fence. */
  ends: Map<string, Outcome["kind"]>;
}

interface Real {
  readonly store: Store;
  readonly clock: ManualClock;
}

type Command = fc.AsyncCommand<Model, Real>;

function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    toString: () => name,
    async run(model, real) {
      await run(model, real);
      await compare(model, real);
    },
  };
}

async function compare(model: Model, { store }: Real): Promise<void> {
  const jobs = await store.jobs.list({});
  const counts = Object.fromEntries(STATES.map((state) => [state, jobs.filter((job) => job.state === state).length]));
  expect(await store.jobs.counts()).toEqual(counts);
  expect(jobs.map(({ id }) => id)).toEqual(model.jobs.map(({ id }) => id));
  for (const [n, job] of jobs.entries()) {
    const { attemptsMade, expiresAt: _, cancelWanted: __, ...known } = model.jobs[n] as ModelJob;
    expect(job).toMatchObject(known);
    const attempts = await store.jobs.attempts(job.id);
    expect(attempts.map(({ fence, outcome }) => ({ fence, outcome }))).toEqual(attemptsMade);
  }
}

const insert = fc.constant(
  command("insert", async (model, { store }) => {
    const id = `j${model.made++}`;
    await store.jobs.insert([[newJob({ id })]]);
    const empty = {
      attempts: 0,
      interruptions: 0,
      losses: 0,
      fence: 0,
      expiresAt: 0,
      cancelWanted: false,
      attemptsMade: [],
    };
    model.jobs.push({ id, state: "pending", runAt: model.now, ...empty });
  }),
);

const pass = fc.integer({ min: 0, max: 20_000 }).map((ms) =>
  command(`pass ${ms}`, async (model, { clock }) => {
    clock.advance(ms);
    model.now += ms;
  }),
);

const claim = fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 2 })).map(([limit, ahead]) =>
  command(`claim ${limit}, and ${ahead} ahead`, async (model, { store }) => {
    const due = model.jobs
      .filter(({ state, runAt }) => (state === "pending" || state === "failed") && runAt <= model.now)
      .sort((a, b) => a.runAt - b.runAt || model.jobs.indexOf(a) - model.jobs.indexOf(b))
      .slice(0, limit + ahead);
    const { jobs } = await store.leases.claim({ workerId: "w", queues: null, limit, ahead, leaseMs: LEASE_MS });
    expect(jobs.map(({ id }) => id)).toEqual(due.map(({ id }) => id));
    for (const job of due) {
      model.fence += 1;
      Object.assign(job, { state: "processing", fence: model.fence, expiresAt: model.now + LEASE_MS });
      job.attempts += 1;
      job.attemptsMade.push({ fence: model.fence, outcome: null });
    }
  }),
);

const unclaim = fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 2 })).map(([which, behind]) =>
  command(`unclaim job ${which}, ${behind} fences ago`, async (model, { store }) => {
    const job = model.jobs[which];
    if (!job) return;
    const fence = job.fence - behind;
    const [undone] = await store.leases.unclaim([{ jobId: job.id, fence }]);
    expect(undone).toBe(job.state === "processing" && behind === 0);
    if (!undone) return;
    job.attemptsMade.pop();
    job.attempts -= 1;
    job.fence = job.attemptsMade.at(-1)?.fence ?? 0;
    job.state = job.cancelWanted ? "cancelled" : "pending";
    job.cancelWanted = false;
  }),
);

/** A fence that is held, or was, or will be. */
const anyFence = fc.nat({ max: 12 });

const renew = fc.array(anyFence, { maxLength: 4 }).map((fences) =>
  command(`renew ${fences}`, async (model, { store }) => {
    const held = model.jobs.filter(({ state, fence }) => state === "processing" && fences.includes(fence));
    const renewed = await store.leases.renew(fences, LEASE_MS);
    expect([...renewed].sort()).toEqual(held.map(({ fence }) => fence).sort());
    for (const job of held) job.expiresAt = model.now + LEASE_MS;
  }),
);

const anyOutcome: fc.Arbitrary<Outcome> = fc.constantFrom<Outcome>(
  { kind: "succeeded" },
  { kind: "failed", exitCode: 3 },
  { kind: "killed", signal: "SIGKILL" },
  { kind: "timed-out", timeoutMs: 10 },
  { kind: "not-started", message: "no", transient: false },
  { kind: "not-started", message: "no", transient: true },
  { kind: "interrupted" },
  { kind: "cancelled", reason: null },
  { kind: "lost", message: "gone" },
);

async function end(model: Model, store: Store, job: ModelJob, fence: number, outcome: Outcome): Promise<void> {
  const decision = decide(
    { ...job, maxRetries: null, backoffBase: null, deadlineAt: null, options: NO_OPTIONS },
    outcome,
    POLICY,
    {
      now: model.now,
    },
  );
  const [written] = await store.leases.settle([{ jobId: job.id, fence, outcome, decision }]);
  const held = job.state === "processing" && job.fence === fence;
  // The same end again is answered as the first time, in case that answer was lost.
  expect(written).toBe(held || model.ends.get(`${job.id} ${fence}`) === outcome.kind);
  if (!held) return;
  model.ends.set(`${job.id} ${fence}`, outcome.kind);
  const again = decision.event === "retry" || decision.event === "release";
  const event = again && job.cancelWanted ? "cancel" : decision.event;
  const states = {
    complete: "completed",
    retry: "failed",
    release: "pending",
    bury: "dead",
    cancel: "cancelled",
  } as const;
  job.state = states[event];
  const cutShort = outcome.kind === "lost" || outcome.kind === "interrupted";
  // What was cut short and need not wait keeps its place.
  const keepsPlace = cutShort && decision.delayMs === 0;
  if ((event === "retry" || event === "release") && !keepsPlace) job.runAt = model.now + decision.delayMs;
  if (outcome.kind === "interrupted" || (outcome.kind === "not-started" && outcome.transient)) {
    job.attempts -= 1;
    job.interruptions += 1;
  }
  job.losses = outcome.kind === "lost" ? job.losses + 1 : 0;
  job.cancelWanted = false;
  const newest = job.attemptsMade.at(-1);
  if (newest) newest.outcome = outcome.kind;
}

const settle = fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 3 }), anyOutcome).map(([which, behind, outcome]) =>
  command(`settle job ${which}, ${behind} fences ago: ${outcome.kind}`, async (model, { store }) => {
    const job = model.jobs[which];
    if (job) await end(model, store, job, job.fence - (behind > 1 ? behind : 0), outcome);
  }),
);

const reap = fc.constant(
  command("reclaim what has expired", async (model, { store }) => {
    const late = model.jobs.filter(({ state, expiresAt }) => state === "processing" && expiresAt <= model.now);
    const expired = (await store.leases.overdue(1000)).filter(({ expiresAt }) => expiresAt <= model.now);
    expect(expired.map(({ fence }) => fence).sort()).toEqual(late.map(({ fence }) => fence).sort());
    for (const job of late) await end(model, store, job, job.fence, { kind: "lost", message: "silent" });
  }),
);

const CHANGES = {
  cancel: cancelJob,
  revive: reviveJob,
  delete: deleteJob,
  expedite: (store: Store, id: string) => store.jobs.expedite(id),
};

function change(name: keyof typeof CHANGES, apply: (model: Model, job: ModelJob) => string) {
  return fc.nat({ max: 5 }).map((which) =>
    command(`${name} job ${which}`, async (model, { store }) => {
      const job = model.jobs[which];
      if (!job) return;
      expect((await CHANGES[name](store, job.id)).kind).toBe(apply(model, job));
    }),
  );
}

const terminal = (job: ModelJob) => ["completed", "dead", "cancelled"].includes(job.state);

const cancel = change("cancel", (_, job) => {
  if (terminal(job)) return "wrong-state";
  if (job.state === "processing") {
    job.cancelWanted = true;
    return "requested";
  }
  job.state = "cancelled";
  return "changed";
});

const revive = change("revive", (model, job) => {
  if (!terminal(job)) return "wrong-state";
  Object.assign(job, { state: "pending", runAt: model.now, attempts: 0, interruptions: 0, losses: 0 });
  return "changed";
});

const expedite = change("expedite", (model, job) => {
  if (job.state !== "pending" && job.state !== "failed") return "wrong-state";
  Object.assign(job, { state: "pending", runAt: Math.min(job.runAt, model.now) });
  return "changed";
});

const remove = change("delete", (model, job) => {
  if (job.state === "processing") return "wrong-state";
  model.jobs.splice(model.jobs.indexOf(job), 1);
  return "changed";
});

onEachDatabase((open, share) => {
  it("does what a model on one page does", { timeout: 600_000 }, async () => {
    const all = [
      insert,
      insert,
      pass,
      claim,
      claim,
      unclaim,
      renew,
      settle,
      settle,
      reap,
      cancel,
      revive,
      expedite,
      remove,
    ];
    const seed = process.env.FAULTS_SEED;
    await fc.assert(
      fc.asyncProperty(fc.commands(all, { maxCommands: 60 }), async (commands) => {
        const harness = await open();
        try {
          const model: Model = { now: harness.clock.now(), fence: 0, made: 0, jobs: [], ends: new Map() };
          await fc.asyncModelRun(() => ({ model, real: harness }), commands);
        } finally {
          await harness.close();
        }
      }),
      // On a failure fast-check prints the seed and the shortest commands; FAULTS_SEED=n replays it.
      { numRuns: Math.ceil((LONG ? 2000 : 100) * share), ...(seed === undefined ? {} : { seed: Number(seed) }) },
    );
  });
});
