/** Jobs that wait for jobs. */
import { expect, it } from "vitest";
import type { NewJob, Store } from "../../../src/store/contract/store.js";
import {
  BURY,
  CANCEL,
  cancelJob,
  claim,
  deleteJob,
  get,
  insert,
  insertGraph,
  processing,
  retryAfter,
  reviveJob,
  settle,
} from "../harness.js";
import type { Current } from "../store-suite.js";

type When = NewJob["after"][number]["when"];

const after = (job: string, when: When = "ok") => ({ job, when });
const FAILED = { kind: "failed", exitCode: 1 } as const;

export function dependencyCases(current: Current): void {
  const states = async (store: Store, ...ids: string[]) =>
    Promise.all(ids.map(async (id) => (await get(store, id)).state));

  /** Claims the one job that can be, and ends it. */
  const end = async (store: Store, id: string, how: "ok" | "fail" | "cancel") => {
    const [job] = await claim(store);
    expect(job?.id).toBe(id);
    if (job === undefined) return;
    if (how === "ok") await settle(store, job);
    else if (how === "fail") await settle(store, job, BURY, FAILED);
    else await settle(store, job, CANCEL, { kind: "cancelled", reason: null });
  };

  it("blocks a job until the one before it has ended as it should", async () => {
    const { store } = current();
    await insertGraph(store, { id: "b", after: [after("a")] }, { id: "a" });
    expect(await states(store, "a", "b")).toEqual(["pending", "blocked"]);
    expect(await store.jobs.dependencies("b")).toEqual([
      { parent: "a", when: "ok", status: "waiting", state: "pending" },
    ]);
    const [a] = await claim(store, { limit: 9 });
    expect(a?.id).toBe("a");
    if (a) await settle(store, a, retryAfter(0), FAILED);
    expect(await states(store, "b")).toEqual(["blocked"]);
    await end(store, "a", "ok");
    expect(await states(store, "b")).toEqual(["pending"]);
    expect(await store.jobs.dependencies("b")).toMatchObject([{ status: "met", state: "completed" }]);
    expect(await store.jobs.dependents("a", 9)).toEqual([{ id: "b", state: "pending" }]);
  });

  it.each<["ok" | "fail" | "cancel", string[]]>([
    ["ok", ["pending", "dead", "pending"]],
    ["fail", ["dead", "pending", "pending"]],
    ["cancel", ["dead", "pending", "pending"]],
  ])("when the first one ends so: %s, those after it with ok, fail and any are %j", async (how, expected) => {
    const { store } = current();
    const children = (["ok", "fail", "any"] as const).map((when) => ({ id: when, after: [after("a", when)] }));
    await insertGraph(store, { id: "a" }, ...children);
    await end(store, "a", how);
    expect(await states(store, "ok", "fail", "any")).toEqual(expected);
  });

  it("says why it buried a job, buries what waits for that, and charges no attempt", async () => {
    const { store } = current();
    await insertGraph(
      store,
      { id: "a" },
      { id: "b", after: [after("a")] },
      { id: "c", after: [after("b")] },
      { id: "cleanup", after: [after("c", "fail")] },
      { id: "held", after: [after("a")], onUnmet: "hold" },
    );
    await end(store, "a", "fail");
    expect(await states(store, "b", "c", "cleanup", "held")).toEqual(["dead", "dead", "pending", "blocked"]);
    const b = await get(store, "b");
    expect(b).toMatchObject({ attempts: 0, lastError: expect.stringContaining("job a") });
    expect(b.finishedAt).not.toBeNull();
    expect(await store.jobs.attempts("b")).toEqual([]);
  });

  it("waits for all of several", async () => {
    const { store } = current();
    await insertGraph(store, { id: "a" }, { id: "b" }, { id: "c", after: [after("a"), after("b", "any")] });
    await end(store, "a", "ok");
    expect(await states(store, "c")).toEqual(["blocked"]);
    await end(store, "b", "fail");
    expect(await states(store, "c")).toEqual(["pending"]);
  });

  it("looks at what has ended before", async () => {
    const { store } = current();
    await settle(store, await processing(store, { id: "done" }));
    await settle(store, await processing(store, { id: "dead" }), BURY, FAILED);
    await insertGraph(
      store,
      { id: "a", after: [after("done")] },
      { id: "b", after: [after("dead")] },
      { id: "c", after: [after("b", "any")] },
      { id: "d", after: [after("dead"), after("done")], onUnmet: "hold" },
    );
    expect(await states(store, "a", "b", "c", "d")).toEqual(["pending", "dead", "pending", "blocked"]);
  });

  it("has what died or waits because of a job wait for it again when it is revived", async () => {
    const { store } = current();
    await insertGraph(
      store,
      { id: "a" },
      { id: "b", after: [after("a")] },
      { id: "c", after: [after("b")] },
      { id: "held", after: [after("a")], onUnmet: "hold" },
    );
    await end(store, "a", "fail");
    expect((await reviveJob(store, "a")).kind).toBe("changed");
    expect(await states(store, "a", "b", "c", "held")).toEqual(["pending", "blocked", "blocked", "blocked"]);
    expect(await get(store, "b")).toMatchObject({ finishedAt: null, lastError: null });
    await end(store, "a", "ok");
    expect(await states(store, "b", "c", "held")).toEqual(["pending", "blocked", "pending"]);
  });

  it("leaves dead what another job has killed as well", async () => {
    const { store } = current();
    await insert(store, { id: "done" }, { id: "again" });
    for (const job of await claim(store, { limit: 2 })) await settle(store, job);
    await insertGraph(store, { id: "child", after: [after("done", "fail"), after("again")] });
    expect((await get(store, "child")).state).toBe("dead");
    await reviveJob(store, "again");
    expect((await get(store, "child")).state).toBe("dead");
    await reviveJob(store, "done");
    expect((await get(store, "child")).state).toBe("blocked");
  });

  it("leaves alone what has run when its parent is revived", async () => {
    const { store } = current();
    await insertGraph(store, { id: "a" }, { id: "b", after: [after("a")] });
    await end(store, "a", "ok");
    await end(store, "b", "fail");
    await reviveJob(store, "a");
    expect(await states(store, "a", "b")).toEqual(["pending", "dead"]);
  });

  it("runs a job that is revived itself, whatever it waited for", async () => {
    const { store } = current();
    await insertGraph(store, { id: "a" }, { id: "b", after: [after("a")] }, { id: "c", after: [after("b")] });
    await end(store, "a", "fail");
    await reviveJob(store, "b");
    expect(await states(store, "b", "c")).toEqual(["pending", "blocked"]);
  });

  it("treats a job that is cancelled or deleted before it ran as one that did not complete", async () => {
    const { store } = current();
    await insertGraph(
      store,
      { id: "a" },
      { id: "b" },
      { id: "x", after: [after("a")] },
      { id: "y", after: [after("b")] },
    );
    await cancelJob(store, "a");
    await deleteJob(store, "b");
    expect(await states(store, "x", "y")).toEqual(["dead", "dead"]);
    expect(await store.jobs.dependencies("y")).toEqual([{ parent: "b", when: "ok", status: "unmet", state: null }]);
  });

  it("remembers what was met when the parent is deleted", async () => {
    const { store } = current();
    await insertGraph(store, { id: "a" }, { id: "b" }, { id: "c", after: [after("a"), after("b")] });
    await end(store, "a", "ok");
    await deleteJob(store, "a");
    await end(store, "b", "ok");
    expect(await states(store, "c")).toEqual(["pending"]);
  });

  it("hands those that wait over to a job that takes the place of another", async () => {
    const { store } = current();
    await insertGraph(store, { id: "a" }, { id: "b", after: [after("a")] });
    await cancelJob(store, "a");
    await store.jobs.insert([[{ ...(await newFor(store, "a")) }]], { replace: true });
    expect(await states(store, "a", "b")).toEqual(["pending", "blocked"]);
  });

  it("refuses an unknown parent and a cycle, and writes nothing", async () => {
    const { store } = current();
    await insert(store, { id: "there" });
    const unknown = insertGraph(store, { id: "a" }, { id: "b", after: [after("nowhere")] });
    await expect(unknown).rejects.toMatchObject({ exitCode: 3, position: 1, message: /"nowhere"/ });
    const cycle = insertGraph(
      store,
      { id: "outside", after: [after("c")] },
      { id: "a", after: [after("b")] },
      { id: "b", after: [after("c"), after("there")] },
      { id: "c", after: [after("a")] },
    );
    await expect(cycle).rejects.toMatchObject({
      exitCode: 2,
      message: /a after b after c after a|b after c after a after b|c after a after b after c/,
    });
    await expect(insertGraph(store, { id: "self", after: [after("self")] })).rejects.toThrow(/self after self/);
    expect((await store.jobs.list({})).map(({ id }) => id)).toEqual(["there"]);
  });

  it("finds the cycle that a replacement would close", async () => {
    const { store } = current();
    await insertGraph(store, { id: "a" }, { id: "b", after: [after("a")] });
    const job = await newFor(store, "a");
    const edges = async () => [{ child: "a", parent: "b", when: "ok" as const, position: 0 }];
    await expect(store.jobs.insert([[job]], { replace: true, edges })).rejects.toThrow(/wait for each other/);
    expect(await states(store, "a", "b")).toEqual(["pending", "blocked"]);
  });

  it("unblocks what a thousand jobs lead to, and a thousand that one leads to", async () => {
    const { store } = current();
    const parents = Array.from({ length: 1000 }, (_, n) => ({ id: `p${n}` }));
    const last = { id: "last", after: parents.map(({ id }) => after(id)) };
    const fans = Array.from({ length: 1000 }, (_, n) => ({ id: `f${n}`, after: [after("last")] }));
    await insertGraph(store, ...fans, last, ...parents);
    const jobs = await claim(store, { limit: 5000 });
    expect(jobs.length).toBe(1000);
    const done = { outcome: { kind: "succeeded" }, decision: { event: "complete", delayMs: 0 } } as const;
    await store.leases.settle(jobs.map(({ id, fence }) => ({ jobId: id, fence, ...done })));
    await end(store, "last", "ok");
    expect(await store.jobs.counts()).toMatchObject({ pending: 1000, blocked: 0, completed: 1001 });
  });

  it("gives a job its whole deadline from when it is unblocked", async () => {
    const { store, clock } = current();
    await insertGraph(store, { id: "a" }, { id: "b", after: [after("a")], deadlineMs: 1000 });
    clock.advance(60_000);
    await end(store, "a", "ok");
    expect(await get(store, "b")).toMatchObject({ deadlineAt: clock.now() + 1000, runAt: clock.now() });
  });
}

/** A job like another, to be put in its place. */
async function newFor(store: Store, id: string): Promise<NewJob> {
  const job = await get(store, id);
  return { ...job, runAt: null, ref: null, after: [], onConflict: "reject" };
}
