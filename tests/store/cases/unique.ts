/** Of unfinished jobs, only one has a unique key. */
import { expect, it } from "vitest";
import { claim, get, insert, insertGraph, newJob, processing, retryAfter, settle } from "../harness.js";
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
    expect((await get(store, "after")).state).toBe("pending");
  });

  it("loses no job that is to be replaced by one that may not be", async () => {
    const { store } = current();
    await insert(store, { id: "first", uniqueKey: "k" }, { id: "old" });
    const jobs = [newJob({ id: "old", uniqueKey: "k", onConflict: "skip" })];
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
    expect((await store.jobs.revive("first")).kind).toBe("key-taken");
    expect((await get(store, "first")).state).toBe("completed");
    await store.jobs.cancel("second", null);
    expect((await store.jobs.revive("first")).kind).toBe("changed");
  });
}
