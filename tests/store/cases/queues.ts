import { expect, it } from "vitest";
import { claim, insert, processing, settle } from "../harness.js";
import type { Current } from "../store-suite.js";

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
      { name: "empty", paused: true, jobs: none, oldestDueAt: null },
      { name: "later", paused: false, jobs: { ...none, pending: 1 }, oldestDueAt: null },
      {
        name: "mail",
        paused: false,
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
}
