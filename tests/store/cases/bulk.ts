/** Several jobs that one call cancels or deletes, some of which wait for each other. */
import { expect, it } from "vitest";
import type { GraphOrder, NewJob, Store } from "../../../src/store/contract/store.js";
import { Revival } from "../../../src/store/revival.js";
import {
  BURY,
  cancelJob,
  claim,
  filesIn,
  get,
  insert,
  insertGraph,
  large,
  processing,
  settle,
  short,
} from "../harness.js";
import type { Current } from "../store-suite.js";

type When = NewJob["after"][number]["when"];

const after = (job: string, when: When = "ok") => ({ job, when });

export function bulkCases(current: Current): void {
  const states = async (store: Store, ...ids: string[]) =>
    Promise.all(ids.map(async (id) => (await get(store, id)).state));

  it("tells of each job what became of it, in the order in which they were named", async () => {
    const { store } = current();
    const running = await processing(store, { id: "runs" });
    await insert(store, { id: "waits" }, { id: "gone" });
    await cancelJob(store, "gone");
    const ids = ["gone", "runs", "nobody", "waits"];
    expect(await store.jobs.cancelAll(ids, "why")).toEqual([
      { kind: "wrong-state", job: await get(store, "gone") },
      { kind: "requested", job: await get(store, "runs") },
      { kind: "not-found" },
      { kind: "changed", job: await get(store, "waits") },
    ]);
    expect(await get(store, "waits")).toMatchObject({ state: "cancelled", lastError: "cancelled: why" });
    expect(await store.leases.cancellations("worker-1")).toEqual([{ fence: running.fence, reason: "why" }]);
    expect(await store.jobs.reviveAll(ids)).toMatchObject([
      { kind: "changed", job: { state: "pending" } },
      { kind: "wrong-state", job: { state: "processing" } },
      { kind: "not-found" },
      { kind: "changed", job: { state: "pending" } },
    ]);
    expect((await store.jobs.deleteAll(ids)).map(({ kind }) => kind)).toEqual([
      ...["changed", "wrong-state", "not-found", "changed"],
    ]);
    expect(await store.jobs.list({})).toMatchObject([{ id: "runs" }]);
  });

  it("gives each deleted job its own files", async () => {
    const { store } = current();
    for (const id of ["a", "b"]) {
      const output = { stdout: large(store, `output/${id}.out`), stderr: short(""), host: null };
      await settle(store, await processing(store, { id }), undefined, undefined, { output });
    }
    const results = await store.jobs.deleteAll(["b", "a"]);
    expect(results).toMatchObject([
      { job: { id: "b" }, files: filesIn(store, "output/b.out") },
      { job: { id: "a" }, files: filesIn(store, "output/a.out") },
    ]);
  });

  it.each(["cancelAll", "deleteAll"] as const)("%s starts none of its jobs and buries none of them", async (verb) => {
    const { store } = current();
    await insertGraph(
      store,
      { id: "alert", after: [after("a", "fail")] },
      { id: "last", after: [after("between")] },
      { id: "a" },
      { id: "b", after: [after("a")] },
      { id: "between", after: [after("b")] },
      { id: "other", after: [after("b", "fail")] },
    );
    const results = await store.jobs[verb](["a", "b", "alert", "last"], null);
    expect(results.map(({ kind }) => kind)).toEqual(["changed", "changed", "changed", "changed"]);
    expect((await store.jobs.list({})).map(({ id, state }) => `${id} ${state}`)).toEqual(
      verb === "cancelAll"
        ? ["alert cancelled", "last cancelled", "a cancelled", "b cancelled", "between dead", "other pending"]
        : ["between dead", "other pending"],
    );
  });

  it("cancels what waits for a processing job before that is asked to end", async () => {
    const { store } = current();
    await insertGraph(
      store,
      { id: "a" },
      { id: "b", after: [after("a")] },
      { id: "alert", after: [after("a", "fail")] },
    );
    const [a] = await claim(store);
    expect((await store.jobs.cancelAll(["a", "b", "alert"], null)).map(({ kind }) => kind)).toEqual([
      ...["requested", "changed", "changed"],
    ]);
    if (a) await settle(store, a, { event: "cancel", delayMs: 0 }, { kind: "cancelled", reason: null });
    expect(await states(store, "a", "b", "alert")).toEqual(["cancelled", "cancelled", "cancelled"]);
  });

  it("hands the turn of several jobs of a schedule in a row to the one behind them", async () => {
    const { store } = current();
    const options = { schedule: { name: "s", at: 0 } };
    const line = Array.from({ length: 5 }, (_, n) => ({
      ...{ id: `s${n}`, options },
      ...(n > 0 && { after: [after(`s${n - 1}`, "any")] }),
    }));
    await insertGraph(store, ...line);
    const [running] = await claim(store);
    await store.jobs.cancelAll(["s1", "s2", "s3"], null);
    expect(await states(store, "s0", "s4")).toEqual(["processing", "blocked"]);
    if (running) await settle(store, running);
    expect(await states(store, "s4")).toEqual(["pending"]);
  });

  const paged = async (store: Store, filter: Parameters<Store["jobs"]["pages"]>[0], order: GraphOrder) => {
    const pages: string[][] = [];
    for await (const page of store.jobs.pages(filter, 2, order)) pages.push(page.map(({ id }) => id));
    return pages;
  };

  it("pages also those that the revival of an earlier page has brought back", async () => {
    const { store } = current();
    const children = ["c1", "c2", "c3"].map((id) => ({ id, after: [after("p")] }));
    await insertGraph(store, { id: "p" }, ...children);
    const [job] = await claim(store);
    if (job) await settle(store, job, BURY, { kind: "failed", exitCode: 1 });
    const revival = new Revival();
    const revived: string[] = [];
    for await (const page of store.jobs.pages({ states: ["dead"] }, 2, "parents-first")) {
      const ids = page.map(({ id }) => id);
      const results = await store.jobs.reviveAll(ids, revival);
      revived.push(...ids.filter((_, i) => results[i]?.kind === "changed"));
    }
    expect(revived).toEqual(["p", "c1", "c2", "c3"]);
    expect(await states(store, "p", "c1", "c2", "c3")).toEqual(["pending", "blocked", "blocked", "blocked"]);
  });

  it("pages what waits before what it waits for, and what runs last", async () => {
    const { store } = current();
    await insertGraph(
      store,
      { id: "runs", priority: 1 },
      { id: "last", after: [after("between")] },
      { id: "a" },
      { id: "b", after: [after("a")] },
      { id: "between", queue: "elsewhere", after: [after("b")] },
      { id: "alone" },
    );
    await claim(store);
    const filter = { queue: "default", states: ["processing", "pending", "blocked"] } as const;
    expect(await paged(store, filter, "children-first")).toEqual([["last", "b"], ["a", "alone"], ["runs"]]);
    expect(await paged(store, { ...filter, states: ["pending", "processing"] }, "children-first")).toEqual([
      ...[["a", "alone"], ["runs"]],
    ]);
  });

  it("pages parents before those that died of them, also over one that is not asked for", async () => {
    const { store } = current();
    await insertGraph(
      store,
      { id: "last", after: [after("between")] },
      { id: "between", queue: "elsewhere", after: [after("b")] },
      { id: "b", after: [after("a")] },
      { id: "a" },
      { id: "alone" },
    );
    await store.jobs.cancelAll(["alone", "a"], null);
    expect(await paged(store, { queue: "default" }, "parents-first")).toEqual([
      ["a", "b"],
      ["last", "alone"],
    ]);
  });

  it("leaves the order of a list that is one page alone", async () => {
    const { store } = current();
    await insertGraph(store, { id: "b", after: [after("a")] }, { id: "a" });
    expect(await paged(store, {}, "parents-first")).toEqual([["b", "a"]]);
  });
}
