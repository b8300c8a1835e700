/** How many jobs may run, start and wait at a time. */
import { expect, it } from "vitest";
import type { ClaimedJob, Store } from "../../../src/store/contract/store.js";
import { COMPLETE, cancelJob, claim, deleteJob, get, insert, newJob, RELEASE, reviveJob, settle } from "../harness.js";
import type { Current } from "../store-suite.js";

const SUCCEEDED = { kind: "succeeded" } as const;

export function limitCases(current: Current): void {
  const ids = async (store: Store, limit = 9, queues: string[] | null = null) =>
    (await claim(store, { limit, queues })).map(({ id }) => id);
  const ask = { workerId: "w", queues: null, limit: 9, leaseMs: 1000 };

  it("runs no more jobs of a limit key than it allows, and the others meanwhile", async () => {
    const { store } = current();
    await insert(
      store,
      ...Array.from({ length: 300 }, (_, n) => ({ id: `k${n}`, limitKey: "k", limit: 2, priority: 5 })),
      { id: "other" },
    );
    const [first, second, ...rest] = await claim(store, { limit: 4 });
    expect([first?.id, second?.id]).toEqual(["k0", "k1"]);
    expect([...rest.map(({ id }) => id), ...(await ids(store))]).toEqual(["other"]);
    expect(await ids(store)).toEqual([]);
    if (first) await settle(store, first);
    expect(await ids(store)).toEqual(["k2"]);
    if (second) await settle(store, second, RELEASE, { kind: "interrupted" });
    expect(await ids(store)).toEqual(["k1"]);
  });

  it("takes the most urgent of those that wait for a key", async () => {
    const { store, clock } = current();
    await insert(store, { id: "runs", limitKey: "k", limit: 1 });
    const [runs] = await claim(store);
    await insert(store, { id: "old", limitKey: "k", limit: 1 });
    clock.advance(1);
    await insert(store, { id: "urgent", limitKey: "k", limit: 1, priority: 9 });
    expect(await ids(store)).toEqual([]);
    if (runs) await settle(store, runs);
    expect(await ids(store)).toEqual(["urgent"]);
  });

  it("leaves none behind when the one whose turn it is goes away", async () => {
    const { store } = current();
    await insert(store, { id: "a", limitKey: "k", limit: 1 });
    const [a] = await claim(store);
    await insert(
      store,
      { id: "b", limitKey: "k", limit: 1 },
      { id: "c", limitKey: "k", limit: 1, queue: "paused" },
      { id: "d", limitKey: "k", limit: 1 },
    );
    expect(await ids(store)).toEqual([]);
    await store.queues.pause("paused");
    if (a) await settle(store, a);
    await cancelJob(store, "b");
    expect(await ids(store)).toEqual(["d"]);
  });

  it("revives a job that waited for its key like any other", async () => {
    const { store } = current();
    await insert(store, { id: "a", limitKey: "k", limit: 1 }, { id: "b", limitKey: "k", limit: 1 });
    const [a] = await claim(store, { limit: 2 });
    await cancelJob(store, "b");
    if (a) await settle(store, a);
    await reviveJob(store, "b");
    await insert(store, { id: "new", limitKey: "k", limit: 1 });
    expect(await ids(store)).toEqual(["b"]);
  });

  it("lets a job run at once however many wait for the same key in queues that nobody serves", async () => {
    const { store } = current();
    const key = { limitKey: "k", limit: 1 };
    await insert(store, { id: "runs", ...key });
    const [runs] = await claim(store);
    await insert(
      store,
      ...["b1", "b2", "b3"].map((id) => ({ id, queue: "b", priority: 9, ...key })),
      { id: "a1", queue: "a", ...key },
      { id: "a2", queue: "a", ...key },
    );
    expect(await ids(store)).toEqual([]);
    if (runs) await settle(store, runs);
    expect(await ids(store, 9, ["a"])).toEqual(["a1"]);
    await cancelJob(store, "b1");
    expect(await ids(store)).toEqual([]);
  });

  it("lets a job with a low limit keep no other one waiting, and nobody overtake those that wait", async () => {
    const { store, clock } = current();
    const jobs = (limit: number, ...names: string[]) => names.map((id) => ({ id, limitKey: "k", limit }));
    await insert(store, ...jobs(3, "r1", "r2", "r3"));
    const running = await claim(store, { limit: 9 });
    await insert(store, ...jobs(1, "low"), ...jobs(3, "y1", "y2", "y3", "y4"));
    expect(await ids(store)).toEqual([]);
    clock.advance(1);
    const end = async (n: number) => {
      const job = running[n];
      if (job) await settle(store, job);
    };
    await end(0);
    await insert(store, ...jobs(3, "new"));
    expect(await ids(store)).toEqual(["y1"]);
    await end(1);
    await end(2);
    await cancelJob(store, "y2");
    await deleteJob(store, "y3");
    expect(await ids(store)).toEqual(["y4", "new"]);
    expect((await get(store, "low")).state).toBe("pending");
  });

  /** Two jobs with the limit 2 run, and these wait; the ends of both make room for `a` and `b`. */
  const waitForKey = async (store: Store, ...waiting: string[]) => {
    const key = { limitKey: "k", limit: 2 };
    await insert(store, key, key);
    const running = await claim(store, { limit: 2 });
    await insert(store, ...waiting.map((id) => ({ id, ...key, uniqueKey: `of ${id}` })));
    expect(await ids(store)).toEqual([]);
    const end = (job: ClaimedJob) => ({ jobId: job.id, fence: job.fence, outcome: SUCCEEDED, decision: COMPLETE });
    await store.leases.settle(running.map(end));
    return { comesLater: () => insert(store, { id: "new", ...key }) };
  };

  it("frees as many waiting jobs as jobs with their key end in one call, and lets no new one overtake them", async () => {
    const { store } = current();
    const { comesLater } = await waitForKey(store, "a", "b");
    await comesLater();
    expect(await ids(store)).toEqual(["a", "b"]);
  });

  const without = { limitKey: null, limit: null };
  const departures: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
    "are cancelled": (store) => store.jobs.cancelAll(["a", "b"], null),
    "are deleted": (store) => store.jobs.deleteAll(["a", "b"]),
    "are replaced, as holders of their unique keys": (store) =>
      store.jobs.insert([
        ["a", "b"].map((id) => newJob({ ...without, queue: "other", uniqueKey: `of ${id}`, onConflict: "replace" })),
      ]),
    "are replaced, by their ids": (store) =>
      store.jobs.insert([["a", "b"].map((id) => newJob({ id, ...without, queue: "other" }))], { replace: true }),
    "are edited to come last": async (store) => {
      for (const id of ["a", "b"]) {
        const job = await get(store, id);
        await store.jobs.edit(job, { ...job, priority: -1 });
      }
    },
  };
  for (const [what, depart] of Object.entries(departures)) {
    it(`takes the next of those that wait for a key when the first ones ${what}, and no new one before them`, async () => {
      const { store } = current();
      const { comesLater } = await waitForKey(store, "a", "b", "c", "d");
      await depart(store);
      await comesLater();
      expect(await ids(store, 2, ["default"])).toEqual(["c", "d"]);
    });
  }

  it("takes a job that waits for its key first once it is edited to be more urgent", async () => {
    const { store } = current();
    await waitForKey(store, "a", "b", "c");
    const c = await get(store, "c");
    await store.jobs.edit(c, { ...c, priority: 1 });
    expect(await ids(store)).toEqual(["c", "a"]);
  });

  it("gives a job to one who asks once, however many wait for a key before it", async () => {
    const { store } = current();
    const before = Array.from({ length: 450 }, () => ({ limitKey: "k", limit: 1, priority: 5 }));
    await insert(store, ...before, { id: "other" });
    await claim(store);
    expect(await ids(store, 1)).toEqual(["other"]);
  });

  it("counts a job that waits for its key as work that remains", async () => {
    const { store } = current();
    await insert(store, { id: "a", limitKey: "k", limit: 1 }, { id: "b", limitKey: "k", limit: 1 });
    await claim(store, { limit: 2 });
    expect(await store.leases.remaining(null)).toBe(2);
    await cancelJob(store, "b");
    expect(await store.leases.remaining(null)).toBe(1);
  });

  it("runs no more jobs of a queue than it allows", async () => {
    const { store, limit } = current();
    await limit("q", { concurrency: 2 });
    await insert(store, ...["a", "b", "c"].map((id, n) => ({ id, queue: "q", priority: 9 - n })), { id: "other" });
    const first = await claim(store, { limit: 9 });
    expect(first.map(({ id }) => id)).toEqual(["a", "b", "other"]);
    expect(await ids(store)).toEqual([]);
    if (first[0]) await settle(store, first[0]);
    expect(await ids(store)).toEqual(["c"]);
  });

  it("starts no more jobs of a queue in a span of time than it allows, and says when the next may", async () => {
    const { store, clock, limit } = current();
    await limit("q", { rate: [2, 1000] });
    await insert(store, ...["a", "b", "c", "d"].map((id) => ({ id, queue: "q" })));
    expect(await ids(store, 1)).toEqual(["a"]);
    clock.advance(400);
    expect(await store.leases.claim(ask)).toMatchObject({ jobs: [{ id: "b" }], nextDueAt: clock.now() + 600 });
    clock.advance(599);
    expect(await store.leases.claim(ask)).toEqual({ jobs: [], nextDueAt: clock.now() + 1 });
    clock.advance(1);
    expect(await store.leases.claim(ask)).toMatchObject({ jobs: [{ id: "c" }], nextDueAt: clock.now() + 400 });
    clock.advance(400);
    expect(await ids(store)).toEqual(["d"]);
  });

  it("says when the next may start after its rate was lowered", async () => {
    const { store, clock } = current();
    await store.queues.limit("q", { rate: { count: 3, perMs: 1000 } });
    await insert(store, ...["a", "b", "c", "d"].map((id) => ({ id, queue: "q" })));
    for (const id of ["a", "b", "c"]) {
      expect(await ids(store, 1)).toEqual([id]);
      clock.advance(100);
    }
    await store.queues.limit("q", { rate: { count: 1, perMs: 1000 } });
    const next = clock.now() + 900;
    expect(await store.leases.claim(ask)).toEqual({ jobs: [], nextDueAt: next });
    expect(await store.queues.hold(await get(store, "d"))).toMatchObject({ nextStartAt: next });
    clock.advance(900);
    expect(await ids(store)).toEqual(["d"]);
  });

  it("goes on starting jobs of a queue that has a rate when the clock was put back", async () => {
    const { store, clock, limit } = current();
    clock.advance(86_400_000);
    await limit("q", { rate: [1, 1000] });
    await insert(store, { id: "a", queue: "q" });
    expect(await ids(store)).toEqual(["a"]);
    clock.advance(-86_400_000);
    await insert(store, { id: "b", queue: "q" }, { id: "c", queue: "q" });
    expect(await store.leases.claim(ask)).toMatchObject({ jobs: [{ id: "b" }], nextDueAt: clock.now() + 1000 });
    clock.advance(86_400_000);
    expect(await ids(store)).toEqual(["c"]);
  });

  it("knows since when the oldest has been due of those that wait for a key", async () => {
    const { store, clock } = current();
    const key = { limitKey: "k", limit: 1 };
    await insert(store, { id: "runs", ...key });
    await claim(store);
    const since = clock.now();
    await insert(store, { id: "old", queue: "mail", ...key });
    clock.advance(10);
    await insert(
      store,
      { id: "urgent", queue: "mail", priority: 9, ...key },
      { id: "more", queue: "mail", priority: 9, ...key },
      { id: "other", queue: "mail", limitKey: "l", limit: 1 },
      { id: "later", queue: "post", ...key, limit: 2, runAt: clock.now() + 1 },
    );
    expect(await ids(store)).toEqual(["other"]);
    expect((await store.jobs.oldestDue())?.id).toBe("old");
    const oldest = async () => (await store.queues.list()).map(({ name, oldestDueAt }) => [name, oldestDueAt]);
    expect(await oldest()).toEqual([
      ["default", null],
      ["mail", since],
      ["post", null],
    ]);
  });

  it("lets no more jobs wait in a queue than it allows, and leaves other queues alone", async () => {
    const { store, limit } = current();
    await limit("q", { maxLength: 2 });
    await insert(store, { queue: "q" }, { id: "later", queue: "q", runAt: Date.UTC(2040, 0) });
    await expect(insert(store, { queue: "x" }, { id: "c", queue: "q" })).rejects.toMatchObject({
      exitCode: 75,
      message: /queue q is full/,
    });
    expect((await store.jobs.list({})).length).toBe(2);
    await insert(store, { id: "x", queue: "x" });
    const x = await get(store, "x");
    await expect(store.jobs.edit(x, { ...x, queue: "q" })).rejects.toMatchObject({ exitCode: 75 });
    expect(await get(store, "x")).toEqual(x);
    await claim(store, { queues: ["q"] });
    await insert(store, { id: "c", queue: "q" });
    await limit("q", { maxLength: 1 });
    await store.jobs.insert([[newJob({ queue: "x" })]]);
    expect((await get(store, "c")).state).toBe("pending");
  });
}
