import { expect, it } from "vitest";
import { claim, insert, processing, settle } from "../harness.js";
import type { Current } from "../store-suite.js";

const NO_LIMITS = { concurrency: null, rate: null, maxLength: null };

export function queueCases(current: Current): void {
  it("pauses and resumes, and says whether that changed something", async () => {
    const { store, connect } = current();
    expect(await store.queues.paused()).toEqual([]);
    expect(await store.queues.resume("mail")).toBe(false);
    expect(await store.queues.pause("mail")).toBe(true);
    expect(await store.queues.pause("mail")).toBe(false);
    await store.queues.pause("a");
    expect(await (await connect()).queues.paused()).toEqual(["a", "mail"]);
    expect(await store.queues.resume("mail")).toBe(true);
    expect(await store.queues.resume("mail")).toBe(false);
    expect(await store.queues.paused()).toEqual(["a"]);
  });

  it("claims nothing from a paused queue until it is resumed", async () => {
    const { store } = current();
    const [id] = await insert(store, { queue: "mail" });
    await store.queues.pause("mail");
    expect(await claim(store)).toEqual([]);
    await store.queues.resume("mail");
    expect(await claim(store)).toMatchObject([{ id }]);
  });

  it("lists queues that have jobs or were named, with counts and since when a job has been due", async () => {
    const { store, clock } = current();
    const start = clock.now();
    await store.queues.pause("empty");
    await settle(store, await processing(store, { queue: "mail" }));
    await processing(store, { queue: "mail" });
    await insert(store, { queue: "mail", runAt: start + 1 }, { queue: "mail", runAt: start + 2, priority: 9 });
    await insert(store, { queue: "later", runAt: start + 100 });
    clock.advance(5);
    const none = { blocked: 0, pending: 0, processing: 0, completed: 0, failed: 0, dead: 0, cancelled: 0 };
    expect(await store.queues.list()).toEqual([
      { name: "empty", paused: true, limits: NO_LIMITS, jobs: none, oldestDueAt: null },
      { name: "later", paused: false, limits: NO_LIMITS, jobs: { ...none, pending: 1 }, oldestDueAt: null },
      {
        name: "mail",
        paused: false,
        limits: NO_LIMITS,
        jobs: { ...none, pending: 2, processing: 1, completed: 1 },
        oldestDueAt: start + 1,
      },
    ]);
  });

  it("counts the due jobs that come before one: by priority, time and age, without paused queues and those not asked for", async () => {
    const { store, clock } = current();
    const now = clock.now();
    await insert(store, { priority: 1 }, { queue: "other" }, { runAt: now - 1 }, { runAt: now + 1, priority: 5 });
    await insert(store, { queue: "paused", priority: 1 });
    const [id = ""] = await insert(store, {});
    await insert(store, {}, { priority: -1 });
    await store.queues.pause("paused");
    const job = await store.jobs.get(id);
    if (!job) throw new Error("no job");
    expect(await store.leases.ahead(job, null)).toBe(3);
    expect(await store.leases.ahead(job, ["default", "paused"])).toBe(2);
    clock.advance(1);
    expect(await store.leases.ahead(job, ["default"])).toBe(3);
  });

  it("tells the states of many jobs at once", async () => {
    const { store } = current();
    const { id: running } = await processing(store);
    const [waiting = ""] = await insert(store, {});
    expect(await store.jobs.states([waiting, "nope", running])).toEqual(
      new Map([
        [waiting, "pending"],
        [running, "processing"],
      ]),
    );
    expect(await store.jobs.states([])).toEqual(new Map());
  });

  it("changes the limits that are given, and takes them away", async () => {
    const { store, connect } = current();
    const rate = { count: 3, perMs: 1000 };
    expect(await store.queues.limited()).toEqual([]);
    expect(await store.queues.limit("mail", { concurrency: 2 })).toEqual({ ...NO_LIMITS, concurrency: 2 });
    expect(await store.queues.limit("mail", { rate, maxLength: 9 })).toEqual({ concurrency: 2, rate, maxLength: 9 });
    await store.queues.pause("mail");
    await store.queues.limit("a", { rate });
    const limits = { concurrency: null, rate, maxLength: 9 };
    expect(await store.queues.limit("mail", { concurrency: null })).toEqual(limits);
    expect(await (await connect()).queues.limited()).toEqual([
      { name: "a", limits: { ...NO_LIMITS, rate } },
      { name: "mail", limits },
    ]);
    expect(await store.queues.list()).toMatchObject([{ paused: false }, { paused: true, limits }]);
    await store.queues.limit("mail", NO_LIMITS);
    expect((await store.queues.limited()).map(({ name }) => name)).toEqual(["a"]);
  });

  it("holds a limit from the next claim on, and lets go of it as soon", async () => {
    const { store, clock } = current();
    await insert(store, ...Array.from({ length: 6 }, () => ({ queue: "mail" })));
    await store.queues.limit("mail", { rate: { count: 2, perMs: 1000 } });
    expect(await claim(store, { limit: 6 })).toHaveLength(2);
    clock.advance(999);
    expect(await claim(store, { limit: 6 })).toEqual([]);
    clock.advance(1);
    expect(await claim(store, { limit: 1 })).toHaveLength(1);
    await store.queues.limit("mail", { rate: null });
    expect(await claim(store, { limit: 6 })).toHaveLength(3);
    await store.queues.limit("mail", { rate: { count: 1, perMs: 1000 } });
    await insert(store, { queue: "mail" });
    expect(await claim(store)).toHaveLength(1);
  });

  it("tells which limits keep a job back", async () => {
    const { store, clock } = current();
    const job = { queue: "mail", limitKey: "disk", limit: 1 };
    const free = { queueFull: false, nextStartAt: null, keyFull: false };
    expect(await store.queues.hold(job)).toEqual(free);
    await store.queues.limit("mail", { concurrency: 1, rate: { count: 1, perMs: 1000 } });
    const running = await processing(store, job);
    const start = clock.now();
    clock.advance(10);
    expect(await store.queues.hold(job)).toEqual({ queueFull: true, nextStartAt: start + 1000, keyFull: true });
    expect(await store.queues.hold({ queue: "other", limitKey: null, limit: null })).toEqual(free);
    await settle(store, running);
    expect(await store.queues.hold(job)).toEqual({ ...free, nextStartAt: start + 1000 });
    clock.advance(990);
    expect(await store.queues.hold(job)).toEqual(free);
  });
}
