/**
 * The same history on SQLite and on PostgreSQL. SQLite's transactions are the model of what the fast lane has to mean:
 * random commands go to both stores under one time, and every answer and every job must be the same.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hooksOf } from "../../../src/core/hook/hook.js";
import type { Outcome } from "../../../src/core/job/outcome.js";
import type { ClaimedJob, Settlement, Store } from "../../../src/store/contract/store.js";
import { noPostgres, type PostgresServer, startPostgres } from "../../postgres/server.js";
import { BURY, CANCEL, COMPLETE, newJob, RELEASE, retryAfter, type StoreHarness } from "../harness.js";
import { openSqliteHarness } from "../sqlite/harness.js";
import { openPostgresHarness } from "./harness.js";

/** One store, and what its worker holds. Fences differ from store to store; the place in the list does not. */
interface Side {
  readonly harness: StoreHarness;
  readonly held: ClaimedJob[];
}

/** Results in what both sides must agree on. */
type Command = (side: Side) => Promise<unknown>;

const QUEUES = ["a", "b", "c"];
const queue = fc.constantFrom(...QUEUES);
const id = fc.nat({ max: 11 }).map((n) => `j${n}`);

const outcomes: readonly [Outcome, Settlement["decision"]][] = [
  [{ kind: "succeeded" }, COMPLETE],
  [{ kind: "succeeded" }, COMPLETE],
  [{ kind: "failed", exitCode: 3 }, retryAfter(0)],
  [{ kind: "failed", exitCode: 3 }, retryAfter(5000)],
  [{ kind: "failed", exitCode: 4 }, BURY],
  [
    { kind: "failed", exitCode: 75 },
    { ...RELEASE, delayMs: 2000 },
  ],
  [{ kind: "interrupted" }, RELEASE],
  [{ kind: "lost", message: "its worker died" }, retryAfter(0)],
  [{ kind: "cancelled", reason: null }, CANCEL],
];

const insert = fc
  .record({
    id,
    queue,
    priority: fc.nat({ max: 2 }),
    delay: fc.constantFrom(null, 0, 4000),
    special: fc.constantFrom(null, null, null, null, "limit", "hooks", "unique"),
    parent: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: id }),
  })
  .map(
    ({ delay, special, parent, ...fields }): Command =>
      async ({ harness: { store, clock } }) => {
        const job = newJob({
          ...fields,
          runAt: delay === null ? null : clock.now() + delay,
          ...(special === "limit" ? { limitKey: "k", limit: 1 } : {}),
          ...(special === "unique" ? { uniqueKey: "u", onConflict: "skip" as const } : {}),
          ...(special === "hooks" ? { options: { hooks: hooksOf({ completed: "own" }) } } : {}),
        });
        const edges = parent === null ? [] : [{ child: job.id, parent, when: "any" as const, position: 0 }];
        return refused(() => store.jobs.insert([[job]], { edges: async () => edges }));
      },
  );

const request = fc.record({
  limit: fc.nat({ max: 3 }),
  ahead: fc.nat({ max: 2 }),
  queues: fc.constantFrom(null, null, ["a"], ["b", "c"]),
});
const LEASE = { workerId: "w", leaseMs: 15_000 };

const claim = request.map(
  (asked): Command =>
    async ({ harness: { store }, held }) => {
      const { jobs, nextDueAt } = await store.leases.claim({ ...asked, ...LEASE });
      held.push(...jobs);
      return { jobs: jobs.map(seen), nextDueAt };
    },
);

const ends = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.constantFrom(...outcomes)), { maxLength: 4 });

const turn = fc.tuple(ends, request).map(
  ([made, asked]): Command =>
    async ({ harness: { store }, held }) => {
      const settlements = settlementsOf(held, made);
      const { settled, claim } = await store.leases.settleAndClaim(settlements, { ...asked, ...LEASE });
      held.push(...claim.jobs);
      return { settled, jobs: claim.jobs.map(seen), nextDueAt: claim.nextDueAt };
    },
);

const settle = ends.map(
  (made): Command =>
    ({ harness: { store }, held }) =>
      store.leases.settle(settlementsOf(held, made)),
);

const unclaim = fc.nat({ max: 9 }).map(
  (n): Command =>
    async ({ harness: { store }, held }) => {
      const job = held.at(-1 - n);
      return job === undefined ? null : store.leases.unclaim([{ jobId: job.id, fence: job.fence }]);
    },
);

const others = fc.oneof(
  fc.nat({ max: 6000 }).map(
    (ms): Command =>
      async ({ harness }) =>
        harness.clock.advance(ms),
  ),
  id.map(
    (one): Command =>
      async ({ harness }) =>
        (await harness.store.jobs.cancelAll([one], null)).map(kindOf),
  ),
  id.map(
    (one): Command =>
      async ({ harness }) =>
        (await harness.store.jobs.reviveAll([one])).map(kindOf),
  ),
  id.map(
    (one): Command =>
      async ({ harness }) =>
        (await harness.store.jobs.deleteAll([one])).map(kindOf),
  ),
  queue.map(
    (name): Command =>
      ({ harness }) =>
        harness.store.queues.pause(name),
  ),
  queue.map(
    (name): Command =>
      ({ harness }) =>
        harness.store.queues.resume(name),
  ),
  fc.tuple(queue, fc.constantFrom(null, 1, 2)).map(
    ([name, concurrency]): Command =>
      ({ harness }) =>
        harness.store.queues.limit(name, { concurrency }),
  ),
  fc.tuple(queue, fc.constantFrom(null, { count: 2, perMs: 3000 })).map(
    ([name, rate]): Command =>
      ({ harness }) =>
        harness.store.queues.limit(name, { rate }),
  ),
  queue.map(
    (name): Command =>
      ({ harness }) =>
        harness.store.hooks.change(name, { dead: "queue's" }, undefined),
  ),
);

const history = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: insert },
    { weight: 2, arbitrary: claim },
    { weight: 4, arbitrary: turn },
    { weight: 1, arbitrary: settle },
    { weight: 1, arbitrary: unclaim },
    { weight: 3, arbitrary: others },
  ),
  { minLength: 10, maxLength: 40 },
);

function settlementsOf(held: readonly ClaimedJob[], made: readonly (readonly [number, (typeof outcomes)[number]])[]) {
  return made.flatMap(([n, [outcome, decision]]): Settlement[] => {
    const job = held.at(-1 - n);
    return job === undefined ? [] : [{ jobId: job.id, fence: job.fence, outcome, decision, pid: 7 }];
  });
}

/** Without what is made up at random, and the fences. */
function seen({ id, fence: _, ...job }: ClaimedJob | Awaited<ReturnType<Store["jobs"]["list"]>>[number]) {
  return { ...job, env: {}, id: job.queue === "_hooks" ? "" : id };
}

const kindOf = ({ kind }: { readonly kind: string }) => kind;

async function refused<T>(act: () => Promise<T>): Promise<T | string> {
  try {
    return await act();
  } catch (error) {
    return (error as Error).constructor.name;
  }
}

async function look({ harness: { store } }: Side) {
  const jobs = await store.jobs.list({});
  const attempts = await Promise.all(
    jobs.map(async ({ id }) => (await store.jobs.attempts(id)).map(({ fence: _, jobId: __, ...attempt }) => attempt)),
  );
  return { jobs: jobs.map(seen), attempts, counts: await store.jobs.counts() };
}

describe.skipIf(noPostgres !== undefined)("two databases", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  it("come to the same by the same history", async () => {
    const seed = process.env.FAULTS_SEED;
    await fc.assert(
      fc.asyncProperty(history, async (commands) => {
        const sides: Side[] = [
          { harness: await openSqliteHarness(), held: [] },
          { harness: await openPostgresHarness(server), held: [] },
        ];
        try {
          for (const command of commands) {
            const [model, real] = await Promise.all(
              sides.map(async (side) => ({ answer: await command(side), ...(await look(side)) })),
            );
            expect(real).toEqual(model);
          }
        } finally {
          for (const { harness } of sides) await harness.close();
        }
      }),
      // On a failure fast-check prints the seed and the shortest history; FAULTS_SEED=n replays it.
      {
        ...(process.env.FAULTS === "long" ? { numRuns: 1000 } : { numRuns: 15, interruptAfterTimeLimit: 30_000 }),
        ...(seed === undefined ? {} : { seed: Number(seed) }),
      },
    );
  });
});
