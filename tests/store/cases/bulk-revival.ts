/** Several jobs that one call revives, some of which wait for each other. */
import { expect, it } from "vitest";
import type { NewJob, Store } from "../../../src/store/contract/store.js";
import { Revival } from "../../../src/store/revival.js";
import { BURY, cancelJob, claim, get, insert, insertGraph, reviveJob, settle } from "../harness.js";
import type { Current } from "../store-suite.js";

type When = NewJob["after"][number]["when"];

const after = (job: string, when: When = "ok") => ({ job, when });
const FAILED = { kind: "failed", exitCode: 1 } as const;

export function bulkRevivalCases(current: Current): void {
  const states = async (store: Store, ...ids: string[]) =>
    Promise.all(ids.map(async (id) => (await get(store, id)).state));

  /** Claims the one job that can be, and ends it. */
  const end = async (store: Store, id: string, how: "ok" | "fail" = "ok") => {
    const [job, ...more] = await claim(store, { limit: 9 });
    expect([job?.id, ...more.map((one) => one.id)]).toEqual([id]);
    if (job === undefined) return;
    if (how === "ok") await settle(store, job);
    else await settle(store, job, BURY, FAILED);
  };

  it("revives jobs that wait for each other as a graph, whatever their order", async () => {
    const { store, clock } = current();
    await insertGraph(
      store,
      { id: "c", after: [after("b")], deadlineMs: 1000 },
      { id: "b", after: [after("a")] },
      { id: "a" },
    );
    await end(store, "a", "fail");
    const results = await store.jobs.reviveAll(["c", "b", "a"]);
    expect(results).toEqual([
      { kind: "changed", job: await get(store, "c") },
      { kind: "changed", job: await get(store, "b") },
      { kind: "changed", job: await get(store, "a") },
    ]);
    expect(await states(store, "a", "b", "c")).toEqual(["pending", "blocked", "blocked"]);
    expect(await get(store, "c")).toMatchObject({ lastError: null, finishedAt: null, attempts: 0 });
    await end(store, "a");
    await end(store, "b");
    expect(await get(store, "c")).toMatchObject({ state: "pending", deadlineAt: clock.now() + 1000 });
  });

  it("leaves a job dead that died of a parent which the call does not revive, if parents are to be heeded", async () => {
    const { store } = current();
    await insertGraph(
      store,
      { id: "a" },
      { id: "b", after: [after("a")] },
      { id: "c", after: [after("b")] },
      { id: "d" },
    );
    await cancelJob(store, "a");
    await cancelJob(store, "d");
    const kinds = async (ids: readonly string[], revival?: Revival) =>
      (await store.jobs.reviveAll(ids, revival, { heedParents: true })).map(({ kind }) => kind);
    expect(await kinds(["c", "b", "d"])).toEqual(["parent-failed", "parent-failed", "changed"]);
    expect(await states(store, "a", "b", "c", "d")).toEqual(["cancelled", "dead", "dead", "pending"]);
    const revival = new Revival();
    expect(await kinds(["a"], revival)).toEqual(["changed"]);
    expect([...revival.takenAlong]).toEqual([
      ["b", "a"],
      ["c", "a"],
    ]);
    expect(await kinds(["c", "b"], revival)).toEqual(["changed", "changed"]);
    expect(await states(store, "a", "b", "c")).toEqual(["pending", "blocked", "blocked"]);
  });

  it("leaves an acknowledged end out of a list that asks for the others, until the job dies again", async () => {
    const { store } = current();
    await insertGraph(store, { id: "a" });
    /** The counts take another way than the list. */
    const open = async () => {
      const filter = { states: ["dead"], unacknowledged: true } as const;
      const listed = await store.jobs.list(filter);
      for (const queue of ["default", "another"]) {
        const inQueue = listed.filter((job) => job.queue === queue);
        expect(await store.jobs.count({ ...filter, queue })).toBe(inQueue.length);
      }
      expect(await store.jobs.count(filter)).toBe(listed.length);
      expect(await store.jobs.count({ ...filter, states: ["dead", "failed"] })).toBe(listed.length);
      return listed.map(({ id }) => id);
    };
    await end(store, "a", "fail");
    const { fence } = await get(store, "a");
    await store.jobs.acknowledge("a", fence + 1);
    expect(await open()).toEqual(["a"]);
    await store.jobs.acknowledge("a", fence);
    expect(await open()).toEqual([]);
    expect(await store.jobs.count({ states: ["dead"] })).toBe(1);
    await insertGraph(store, { id: "b", queue: "another" });
    await end(store, "b", "fail");
    expect(await open()).toEqual(["b"]);
    await reviveJob(store, "a");
    expect(await open()).toEqual(["b"]);
    await end(store, "a", "fail");
    expect(await open()).toEqual(["a", "b"]);
  });

  it("tells which jobs died because of which since a moment", async () => {
    const { store, clock } = current();
    await insertGraph(
      store,
      { id: "a" },
      { id: "x" },
      { id: "b", after: [after("a"), after("x")] },
      { id: "c", after: [after("b")] },
      { id: "held", after: [after("a")], onUnmet: "hold" },
    );
    const since = clock.now();
    await cancelJob(store, "a");
    expect([...(await store.jobs.buriedBy(["x", "a"], since))]).toEqual([
      ["b", "a"],
      ["c", "a"],
    ]);
    expect([...(await store.jobs.buriedBy(["b"], since))]).toEqual([["c", "b"]]);
    clock.advance(1);
    await cancelJob(store, "x");
    expect((await store.jobs.buriedBy(["x"], since + 1)).size).toBe(0);
  });

  it("waits only for those parents that the same call revives", async () => {
    const { store } = current();
    await insertGraph(
      store,
      { id: "a" },
      { id: "b" },
      { id: "c", after: [after("a"), after("b")] },
      { id: "d", after: [after("a"), after("b")] },
    );
    await store.jobs.cancelAll(["a", "b", "c", "d"], null);
    await store.jobs.reviveAll(["a", "c"]);
    await reviveJob(store, "d");
    expect(await states(store, "a", "b", "c", "d")).toEqual(["pending", "cancelled", "blocked", "pending"]);
    expect(await store.jobs.dependencies("c")).toMatchObject([
      { parent: "a", status: "waiting" },
      { parent: "b", status: "met" },
    ]);
  });

  it("waits anew for what had come as it should, too", async () => {
    const { store } = current();
    await insertGraph(
      store,
      { id: "a" },
      { id: "b", after: [after("a")] },
      { id: "alert", after: [after("a", "fail")] },
    );
    await end(store, "a");
    await end(store, "b");
    expect(await states(store, "alert")).toEqual(["dead"]);
    await store.jobs.reviveAll(["b", "a", "alert"]);
    expect(await states(store, "a", "b", "alert")).toEqual(["pending", "blocked", "blocked"]);
    await end(store, "a", "fail");
    expect(await states(store, "a", "b", "alert")).toEqual(["dead", "dead", "pending"]);
  });

  it("waits for one that comes back although nobody named it", async () => {
    const { store } = current();
    await insertGraph(store, { id: "a" }, { id: "b", after: [after("a")] }, { id: "c", after: [after("b")] });
    await end(store, "a", "fail");
    await store.jobs.reviveAll(["a", "c"]);
    expect(await states(store, "a", "b", "c")).toEqual(["pending", "blocked", "blocked"]);
  });

  it("revives of two jobs with the same unique key the older one", async () => {
    const { store } = current();
    for (const id of ["first", "second"]) {
      await insert(store, { id, uniqueKey: "k" });
      await cancelJob(store, id);
    }
    const results = await store.jobs.reviveAll(["second", "first"]);
    expect(results.map(({ kind }) => kind)).toEqual(["key-taken", "changed"]);
  });

  it("knows in a later transaction of a call what an earlier one has revived", async () => {
    const { store } = current();
    await insertGraph(
      store,
      { id: "a" },
      { id: "b", after: [after("a")] },
      { id: "c", after: [after("a")] },
      { id: "d", after: [after("b")] },
    );
    await cancelJob(store, "c");
    await end(store, "a", "fail");
    const revival = new Revival();
    await store.jobs.reviveAll(["a"], revival);
    expect(await states(store, "b", "c", "d")).toEqual(["blocked", "cancelled", "blocked"]);
    expect((await store.jobs.reviveAll(["b", "c", "d"], revival)).map(({ kind }) => kind)).toEqual([
      ...["changed", "changed", "changed"],
    ]);
    expect(await states(store, "a", "b", "c", "d")).toEqual(["pending", "blocked", "blocked", "blocked"]);
    await end(store, "a");
    expect(await states(store, "b", "c", "d")).toEqual(["pending", "pending", "blocked"]);
  });

  it("moves a job at once whose parent has ended between two transactions of a call", async () => {
    const { store } = current();
    await insertGraph(store, { id: "a" }, { id: "b", after: [after("a")] }, { id: "c", after: [after("a", "fail")] });
    await store.jobs.cancelAll(["a", "b", "c"], null);
    const revival = new Revival();
    await store.jobs.reviveAll(["a"], revival);
    await end(store, "a");
    await store.jobs.reviveAll(["b", "c"], revival);
    expect(await states(store, "b", "c")).toEqual(["pending", "dead"]);
    // It has come back and ended in between: the call has had its wish.
    await store.jobs.reviveAll(["a"], revival);
    expect(await states(store, "a")).toEqual(["completed"]);
  });

  it("has no two jobs wait for each other that were replaced crosswise", async () => {
    const { store } = current();
    await insertGraph(store, { id: "a" }, { id: "b", after: [after("a")] });
    await end(store, "a");
    await end(store, "b");
    const job = { ...(await get(store, "a")), runAt: null, ref: null, after: [], onConflict: "reject" } as const;
    const edges = async () => [{ child: "a", parent: "b", when: "ok" as const, position: 0 }];
    await store.jobs.insert([[job]], { replace: true, edges });
    await end(store, "a");
    await store.jobs.reviveAll(["a", "b"]);
    expect((await states(store, "a", "b")).sort()).toEqual(["blocked", "pending"]);
  });

  it("says who has the unique key of a job that could not come back", async () => {
    const { store } = current();
    await insertGraph(store, { id: "p" }, { id: "child", uniqueKey: "k", after: [after("p")] });
    expect(await store.jobs.keptDead("child")).toBeNull();
    await end(store, "p", "fail");
    expect(await store.jobs.keptDead("child")).toBeNull();
    await insert(store, { id: "other", uniqueKey: "k" });
    const revival = new Revival();
    await store.jobs.reviveAll(["p"], revival);
    expect([...revival.keptDead]).toEqual([["child", "other"]]);
    expect(await states(store, "child")).toEqual(["dead"]);
    expect(await store.jobs.keptDead("child")).toMatchObject({ holder: "other" });
    await cancelJob(store, "other");
    expect(await store.jobs.keptDead("child")).toMatchObject({ holder: null });
    await reviveJob(store, "child");
    expect(await store.jobs.keptDead("child")).toBeNull();
  });
}
