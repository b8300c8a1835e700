/** Of unfinished jobs, only one has a unique key. */
import { expect, it } from "vitest";
import type { NewJob } from "../../../src/store/contract/store.js";
import {
  cancelJob,
  claim,
  get,
  insert,
  insertGraph,
  newJob,
  processing,
  retryAfter,
  reviveJob,
  settle,
} from "../harness.js";
import type { Current } from "../store-suite.js";

export function uniqueCases(current: Current): void {
  it("refuses a second one until the first has ended, and names it", async () => {
    const { store } = current();
    await insert(store, { id: "first", uniqueKey: "k" });
    const second = () => insert(store, { id: "other" }, { id: "second", uniqueKey: "k" });
    await expect(second()).rejects.toMatchObject({ jobId: "first", position: 1, exitCode: 6 });
    const [job] = await claim(store);
    await expect(second()).rejects.toThrow(/first/);
    if (job) await settle(store, job, retryAfter(0), { kind: "failed", exitCode: 1 });
    await expect(second()).rejects.toThrow(/first/);
    expect(await store.jobs.get("other")).toBeNull();
    const [again] = await claim(store);
    if (again) await settle(store, again);
    await second();
    expect((await get(store, "second")).state).toBe("pending");
  });

  it("leaves out a job that would rather not be, and says who has the key", async () => {
    const { store } = current();
    await insert(store, { id: "first", uniqueKey: "k" });
    const skipped: string[][] = [];
    const jobs = [
      newJob({ id: "a" }),
      newJob({ id: "b", uniqueKey: "k", onConflict: "skip" }),
      newJob({ id: "c", uniqueKey: "new", onConflict: "skip" }),
      newJob({ id: "d", uniqueKey: "new", onConflict: "skip" }),
    ];
    const count = await store.jobs.insert([jobs], { onSkipped: (id, holder) => skipped.push([id, holder]) });
    expect(count).toBe(2);
    expect(skipped).toEqual([
      ["b", "first"],
      ["d", "c"],
    ]);
    expect((await store.jobs.list({})).map(({ id }) => id)).toEqual(["first", "a", "c"]);
  });

  it("puts a job in the place of one that waits, which is cancelled", async () => {
    const { store } = current();
    await insertGraph(store, { id: "first", uniqueKey: "k" }, { id: "after", after: [{ job: "first", when: "any" }] });
    await store.jobs.insert([[newJob({ id: "second", uniqueKey: "k", onConflict: "replace" })]]);
    expect(await get(store, "first")).toMatchObject({
      state: "cancelled",
      lastError: expect.stringContaining("second"),
    });
    expect((await get(store, "second")).state).toBe("pending");
    expect((await get(store, "after")).state).toBe("blocked");
    expect(await store.jobs.dependencies("after")).toMatchObject([
      { parent: "second", when: "any", status: "waiting" },
    ]);
    const [job] = await claim(store, { limit: 9 });
    if (job) await settle(store, job);
    expect((await get(store, "after")).state).toBe("pending");
  });

  it("has a job replace one before it in the call, and that one another", async () => {
    const { store } = current();
    await insertGraph(store, { id: "old", uniqueKey: "k" }, { id: "after", after: [{ job: "old", when: "ok" }] });
    const replacing = ["a", "b", "c"].map((id) => newJob({ id, uniqueKey: "k", onConflict: "replace" }));
    expect(await store.jobs.insert([replacing])).toBe(3);
    const jobs = await store.jobs.list({});
    expect(jobs.map(({ id, state }) => `${id} ${state}`)).toEqual([
      ...["old cancelled", "after blocked"],
      ...["a cancelled", "b cancelled", "c pending"],
    ]);
    expect(await store.jobs.dependencies("after")).toMatchObject([{ parent: "c", status: "waiting" }]);
  });

  it("skips a job for the one that had its key then, though that is replaced later in the call", async () => {
    const { store } = current();
    await insert(store, { id: "held", uniqueKey: "k" });
    const wishes = ["skip", "replace", "skip"] as const;
    const skipped: unknown[] = [];
    const jobs = wishes.map((onConflict, n) => newJob({ id: `n${n}`, uniqueKey: "k", onConflict }));
    expect(await store.jobs.insert([jobs], { onSkipped: (...of) => skipped.push(of) })).toBe(1);
    expect(skipped).toEqual([
      ["n0", "held", 0],
      ["n2", "n1", 2],
    ]);
    expect((await store.jobs.list({})).map(({ id, state }) => `${id} ${state}`)).toEqual([
      "held cancelled",
      "n1 pending",
    ]);
  });

  it("leaves out a job that is there itself and has the key, until that has ended", async () => {
    const { store } = current();
    const job = newJob({ id: "n", uniqueKey: "k", onConflict: "skip" });
    await store.jobs.insert([[job]]);
    const skipped: unknown[] = [];
    expect(await store.jobs.insert([[job]], { onSkipped: (...of) => skipped.push(of) })).toBe(0);
    expect(skipped).toEqual([["n", "n", 0]]);
    const [claimed] = await claim(store);
    if (claimed) await settle(store, claimed);
    await expect(store.jobs.insert([[job]])).rejects.toMatchObject({ jobId: "n", message: /exists/ });
  });

  it("skips a job that was to take the place of one with its id, which stays", async () => {
    const { store } = current();
    await insert(store, { id: "first", uniqueKey: "k" }, { id: "old" });
    const before = await get(store, "old");
    const jobs = [newJob({ id: "old", uniqueKey: "k", onConflict: "skip" })];
    const skipped: unknown[] = [];
    const count = await store.jobs.insert([jobs], { replace: true, onSkipped: (...of) => skipped.push(of) });
    expect([count, skipped]).toEqual([0, [["old", "first", 0]]]);
    expect(await get(store, "old")).toEqual(before);
  });

  it("has what waits for a skipped job wait for the one that has its key", async () => {
    const { store } = current();
    await insert(store, { id: "held", uniqueKey: "k" });
    const jobs = [
      newJob({ id: "kid", after: [{ job: "root", when: "ok" }] }),
      newJob({ id: "root", uniqueKey: "k", onConflict: "skip" }),
      newJob({ id: "also", uniqueKey: "k", onConflict: "skip" }),
    ];
    const edges = [
      { child: "kid", parent: "root", when: "ok", position: 0 },
      { child: "kid", parent: "also", when: "ok", position: 0 },
      { child: "root", parent: "kid", when: "ok", position: 1 },
    ] as const;
    expect(await store.jobs.insert([jobs], { edges: async () => edges })).toBe(1);
    expect(await store.jobs.dependencies("kid")).toMatchObject([{ parent: "held", status: "waiting" }]);
    const contrary = edges.map((edge, n) => (n === 1 ? { ...edge, when: "fail" as const } : edge));
    const again = [{ ...(jobs[0] as NewJob), id: "kid2" }, ...jobs.slice(1)];
    const failing = store.jobs.insert([again], {
      edges: async () => contrary.map((edge) => (edge.child === "kid" ? { ...edge, child: "kid2" } : edge)),
    });
    await expect(failing).rejects.toMatchObject({
      exitCode: 2,
      position: 0,
      message: /after held under two conditions/,
    });
  });

  it("has what waits in a call for a job that is replaced in it wait for the one in its place", async () => {
    const { store } = current();
    await insert(store, { id: "held", uniqueKey: "k" });
    const jobs = [
      newJob({ id: "kid" }),
      newJob({ id: "a", uniqueKey: "k", onConflict: "replace" }),
      newJob({ id: "b", uniqueKey: "k", onConflict: "replace" }),
    ];
    const edges = [
      { child: "kid", parent: "held", when: "ok", position: 0 },
      { child: "kid", parent: "a", when: "ok", position: 0 },
      { child: "b", parent: "held", when: "fail", position: 2 },
    ] as const;
    await store.jobs.insert([jobs], { edges: async () => edges });
    expect(await store.jobs.dependencies("kid")).toMatchObject([{ parent: "b", status: "waiting" }]);
    expect(await store.jobs.dependencies("b")).toMatchObject([{ parent: "held", status: "met" }]);
    expect((await get(store, "b")).state).toBe("pending");
  });

  it("joins what waits for both, the job replaced and the one in its place", async () => {
    const { store } = current();
    const after = (...of: [string, "ok" | "fail" | "any"][]) => of.map(([job, when]) => ({ job, when }));
    await insertGraph(
      store,
      { id: "held", uniqueKey: "k" },
      { id: "mine" },
      { id: "same", after: after(["held", "ok"], ["mine", "ok"]) },
      { id: "stricter", after: after(["held", "ok"], ["mine", "any"]) },
      { id: "laxer", after: after(["held", "any"], ["mine", "fail"]) },
      { id: "contrary", after: after(["held", "ok"], ["mine", "fail"]) },
    );
    await store.jobs.insert([[newJob({ id: "mine", uniqueKey: "k", onConflict: "replace" })]], { replace: true });
    const of = async (id: string) => (await store.jobs.dependencies(id)).map(({ parent, when }) => `${parent}:${when}`);
    expect([await of("same"), await of("stricter"), await of("laxer")]).toEqual([
      ["mine:ok"],
      ["mine:ok"],
      ["mine:fail"],
    ]);
    expect((await get(store, "laxer")).state).toBe("blocked");
    expect((await get(store, "contrary")).state).toBe("dead");
  });

  it("leaves the jobs of a schedule in their turn when one of them is replaced", async () => {
    const { store } = current();
    const scheduled = (id: string, fields: Partial<NewJob> = {}) => ({
      ...{ id, ...fields },
      options: { schedule: { name: "s", at: 0 } },
    });
    const behind = (job: string) => ({ after: [{ job, when: "any" as const }] });
    await processing(store, scheduled("one"));
    await insertGraph(
      store,
      scheduled("two", { uniqueKey: "k", ...behind("one") }),
      scheduled("three", behind("two")),
      { id: "other", ...behind("two") },
    );
    await store.jobs.insert([[newJob({ id: "next", uniqueKey: "k", onConflict: "replace" })]]);
    expect(await store.jobs.dependencies("three")).toMatchObject([
      { parent: "one", status: "waiting" },
      { parent: "two", status: "met" },
    ]);
    expect(await store.jobs.dependencies("other")).toMatchObject([{ parent: "next", status: "waiting" }]);
  });

  it("finds the cycle that a job in the place of another would close", async () => {
    const { store } = current();
    await insertGraph(store, { id: "held", uniqueKey: "k" }, { id: "kid", after: [{ job: "held", when: "ok" }] });
    const job = newJob({ id: "next", uniqueKey: "k", onConflict: "replace" });
    const edges = async () => [{ child: "next", parent: "kid", when: "ok" as const, position: 0 }];
    await expect(store.jobs.insert([[job]], { edges })).rejects.toThrow(/wait for each other/);
    expect((await get(store, "held")).state).toBe("pending");
  });

  it("loses no job that is to be replaced by one that may not be", async () => {
    const { store } = current();
    await insert(store, { id: "first", uniqueKey: "k" }, { id: "old" });
    const jobs = [newJob({ id: "old", uniqueKey: "k" })];
    await expect(store.jobs.insert([jobs], { replace: true })).rejects.toMatchObject({ jobId: "first", exitCode: 6 });
    expect(await get(store, "old")).toMatchObject({ state: "pending", uniqueKey: null });
  });

  it("does not replace one that runs", async () => {
    const { store } = current();
    await processing(store, { id: "first", uniqueKey: "k" });
    const jobs = [newJob({ id: "second", uniqueKey: "k", onConflict: "replace" })];
    await expect(store.jobs.insert([jobs])).rejects.toMatchObject({ jobId: "first", exitCode: 6 });
    expect((await get(store, "first")).state).toBe("processing");
  });

  it("still tells an id that is taken from a key that is", async () => {
    const { store } = current();
    await insert(store, { id: "first", uniqueKey: "k" });
    const jobs = [newJob({ id: "x", uniqueKey: "k", onConflict: "skip" }), newJob({ id: "first" })];
    await expect(store.jobs.insert([jobs])).rejects.toMatchObject({ jobId: "first", position: 1, message: /exists/ });
  });

  it("does not revive a job whose key has been given away", async () => {
    const { store } = current();
    await settle(store, await processing(store, { id: "first", uniqueKey: "k" }));
    await insert(store, { id: "second", uniqueKey: "k" });
    expect((await reviveJob(store, "first")).kind).toBe("key-taken");
    expect((await get(store, "first")).state).toBe("completed");
    await cancelJob(store, "second");
    expect((await reviveJob(store, "first")).kind).toBe("changed");
  });
}
