import { expect, it } from "vitest";
import { STATES } from "../../../src/core/state.js";
import type { JobFilter } from "../../../src/store/store.js";
import { claim, insert, processing, retryAfter, settle } from "../harness.js";
import type { Current } from "../store-suite.js";

export function lookCases(current: Current): void {
  it("gets nothing where there is nothing", async () => {
    const { store } = current();
    expect(await store.jobs.get("none")).toBeNull();
    expect(await store.jobs.attempts("none")).toEqual([]);
    expect(await store.jobs.output(1)).toBeNull();
    expect(await store.jobs.oldestDue()).toBeNull();
  });

  it("finds ids by their beginning, in order, whatever characters it has", async () => {
    const { store } = current();
    await insert(store, { id: "ab_2" }, { id: "abx1" }, { id: "ab_1" }, { id: "b" }, { id: "ab" });
    expect(await store.jobs.idsWithPrefix("ab", 10)).toEqual(["ab", "ab_1", "ab_2", "abx1"]);
    expect(await store.jobs.idsWithPrefix("ab_", 10)).toEqual(["ab_1", "ab_2"]);
    expect(await store.jobs.idsWithPrefix("ab", 2)).toEqual(["ab", "ab_1"]);
    expect(await store.jobs.idsWithPrefix("%", 10)).toEqual([]);
    expect(await store.jobs.idsWithPrefix("a*", 10)).toEqual([]);
  });

  it("lists by state, queue and tags", async () => {
    const { store } = current();
    await insert(
      store,
      { id: "a", queue: "mail", tags: ["x", "y"] },
      { id: "b", queue: "mail", tags: ["x"] },
      { id: "c", tags: ["y", "xy"] },
    );
    await claim(store, { queues: ["mail"] });
    const ids = async (filter: JobFilter) => (await store.jobs.list(filter)).map((job) => job.id);
    expect(await ids({})).toEqual(["a", "b", "c"]);
    expect(await ids({ states: ["processing"] })).toEqual(["a"]);
    expect(await ids({ states: ["pending", "processing"], queue: "mail" })).toEqual(["a", "b"]);
    expect(await ids({ states: [] })).toEqual([]);
    expect(await ids({ queue: "none" })).toEqual([]);
    expect(await ids({ tags: ["x"] })).toEqual(["a", "b"]);
    expect(await ids({ tags: ["y", "x"] })).toEqual(["a"]);
    expect(await ids({ tags: [] })).toEqual(["a", "b", "c"]);
    expect(await ids({ limit: 2 })).toEqual(["a", "b"]);
    expect(await ids({ limit: 0 })).toEqual([]);
  });

  it("orders by creation, change, time and priority; equal ones as they were created; reverse is the whole list backwards", async () => {
    const { store, clock } = current();
    const now = clock.now();
    await insert(
      store,
      { id: "a", priority: 1, runAt: now + 30 },
      { id: "b", priority: 9, runAt: now + 10 },
      { id: "c", priority: 1, runAt: now + 20 },
    );
    clock.advance(1);
    await store.jobs.expedite("b");
    const expected = {
      created: ["a", "b", "c"],
      updated: ["a", "c", "b"],
      run_at: ["b", "c", "a"],
      priority: ["b", "a", "c"],
    } as const;
    for (const order of ["created", "updated", "run_at", "priority"] as const) {
      const ids = async (reverse: boolean) => (await store.jobs.list({ order, reverse })).map((job) => job.id);
      expect(await ids(false), order).toEqual(expected[order]);
      expect(await ids(true), order).toEqual([...expected[order]].reverse());
    }
  });

  it("counts every state, those without jobs too", async () => {
    const { store } = current();
    const none = Object.fromEntries(STATES.map((state) => [state, 0]));
    expect(await store.jobs.counts()).toEqual(none);
    await settle(store, await processing(store));
    await insert(store, {}, {});
    expect(await store.jobs.counts()).toEqual({ ...none, pending: 2, completed: 1 });
  });

  it("knows the pending job that has been due for longest", async () => {
    const { store, clock } = current();
    const now = clock.now();
    await insert(
      store,
      { id: "later", runAt: now + 1000 },
      { id: "second", priority: 9, runAt: now - 10 },
      { id: "first", queue: "z", runAt: now - 20 },
    );
    expect(await store.jobs.oldestDue()).toMatchObject({ id: "first" });
  });

  it("does not take a job that waits for its retry for the oldest one due", async () => {
    const { store, clock } = current();
    const job = await processing(store);
    await settle(store, job, retryAfter(0), { kind: "failed", exitCode: 1 });
    clock.advance(1000);
    expect(await store.jobs.oldestDue()).toBeNull();
  });
}
