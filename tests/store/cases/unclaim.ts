/** Jobs that are claimed before a slot is free for them, and claims that are undone. */
import { expect, it } from "vitest";
import type { ClaimedJob, NewJob, Store } from "../../../src/store/contract/store.js";
import {
  allLeases,
  cancelJob,
  claim,
  get,
  insert,
  insertGraph,
  processing,
  retryAfter,
  reviveJob,
  settle,
} from "../harness.js";
import type { Current } from "../store-suite.js";

export function unclaimCases(current: Current): void {
  const undo = (store: Store, ...jobs: ClaimedJob[]) =>
    store.leases.unclaim(jobs.map(({ id, fence }) => ({ jobId: id, fence })));
  const ids = (jobs: readonly { id: string }[]) => jobs.map(({ id }) => id);

  it("claims further jobs ahead in the same order, and marks them", async () => {
    const { store } = current();
    await insert(store, { id: "a" }, { id: "b" }, { id: "c" }, { id: "d" }, { id: "urgent", priority: 1 });
    expect(ids(await claim(store, { limit: 2, ahead: 2 }))).toEqual(["urgent", "a", "b", "c"]);
    expect((await allLeases(store)).map(({ job, ahead }) => [job.id, ahead])).toEqual([
      ["urgent", false],
      ["a", false],
      ["b", true],
      ["c", true],
    ]);
    expect(ids(await claim(store, { limit: 0, ahead: 5 }))).toEqual(["d"]);
    expect(await claim(store, { limit: 0, ahead: 5 })).toEqual([]);
  });

  const limited: Record<string, [Partial<NewJob>, (name: string) => Promise<void>]> = {
    "with a limit key": [{ limitKey: "k", limit: 9 }, async () => {}],
    "of a queue with a limit": [{ queue: "q" }, (queue) => current().limit(queue, { concurrency: 9 })],
    "of a queue with a rate": [{ queue: "q" }, (queue) => current().limit(queue, { rate: [9, 1000] })],
  };
  it.each(Object.entries(limited))("claims no job %s ahead, and none behind it", async (_, [fields, limit]) => {
    const { store } = current();
    await limit("q");
    await insert(store, { id: "a" }, { id: "b" }, { id: "limited", ...fields }, { id: "behind" });
    expect(ids(await claim(store, { limit: 1, ahead: 9 }))).toEqual(["a", "b"]);
    expect(ids(await claim(store, { limit: 0, ahead: 9 }))).toEqual([]);
    expect(ids(await claim(store, { limit: 1, ahead: 9 }))).toEqual(["limited", "behind"]);
  });

  it("leaves nothing of a claim that is undone", async () => {
    const { store, clock, snapshot } = current();
    await insert(store, { id: "a" });
    const before = await snapshot("a");
    const [job] = await claim(store, { limit: 0, ahead: 1 });
    if (job) expect(await undo(store, job)).toEqual([true]);
    expect(await snapshot("a")).toEqual(before);
    expect(await store.jobs.counts()).toMatchObject({ pending: 1, processing: 0 });
    clock.advance(10);
    const [again] = await claim(store);
    expect(again).toMatchObject({ id: "a", attempt: 1, attempts: 1 });
    expect(again?.fence).toBeGreaterThan(job?.fence ?? 0);
  });

  it("shows the attempt before, with its result, when a claim is undone", async () => {
    const { store, snapshot } = current();
    const first = await processing(store, { id: "a" });
    await settle(store, first, undefined, undefined, { result: '"kept"' });
    await reviveJob(store, "a");
    const second = await processingAgain(store);
    await settle(store, second, retryAfter(0), { kind: "failed", exitCode: 4 }, { result: '"newest"' });
    const before = await snapshot("a");
    await undo(store, await processingAgain(store));
    const { job: was, attempts } = before as { job: object; attempts: unknown };
    expect(await snapshot("a")).toEqual({ job: { ...was, state: "pending" }, attempts });
    expect(await get(store, "a")).toMatchObject({ fence: second.fence, result: '"newest"', exitCode: 4 });
  });

  it("keeps the place of a job whose claim is undone", async () => {
    const { store, clock } = current();
    await insert(store, { id: "a" });
    clock.advance(5);
    await insert(store, { id: "b" });
    const [a] = await claim(store);
    clock.advance(5);
    if (a) await undo(store, a);
    expect(ids(await claim(store, { limit: 2 }))).toEqual(["a", "b"]);
  });

  it("undoes no claim whose lease is gone, was renewed, or is another's", async () => {
    const { store } = current();
    const ended = await processing(store);
    await settle(store, ended);
    expect(await undo(store, ended)).toEqual([false]);
    const renewed = await processing(store);
    await store.leases.renew([renewed.fence], 15_000);
    const { id: jobId, fence } = renewed;
    expect(await store.leases.unclaim([{ jobId, fence, ifRenewals: 0 }])).toEqual([false]);
    expect(await store.leases.unclaim([{ jobId, fence: fence - 1 }])).toEqual([false]);
    expect(await get(store, jobId)).toMatchObject({ state: "processing", attempts: 1 });
    expect(await store.leases.unclaim([{ jobId, fence, ifRenewals: 1 }])).toEqual([true]);
    expect(await store.leases.unclaim([])).toEqual([]);
  });

  it("cancels a job that was wanted cancelled when its claim is undone, and moves the jobs behind it", async () => {
    const { store } = current();
    await insertGraph(store, { id: "a" }, { id: "child", after: [{ job: "a", when: "any" }] });
    const [a] = await claim(store);
    await cancelJob(store, "a", "not needed");
    if (a) expect(await undo(store, a)).toEqual([true]);
    expect(await get(store, "a")).toMatchObject({
      state: "cancelled",
      lastError: "cancelled: not needed",
      attempts: 0,
    });
    expect(await store.jobs.attempts("a")).toEqual([]);
    expect((await get(store, "child")).state).toBe("pending");
    await reviveJob(store, "a");
    expect((await get(store, "a")).state).toBe("pending");
  });

  it("gives back what an undone claim took from a rate and a limit key", async () => {
    const { store, limit } = current();
    await limit("q", { rate: [1, 60_000] });
    await insert(store, { id: "rated", queue: "q" }, { id: "rated too", queue: "q", priority: -1 });
    const [rated] = await claim(store);
    if (rated) await undo(store, rated);
    expect(ids(await claim(store, { limit: 9 }))).toEqual(["rated"]);

    await insert(store, { id: "keyed", limitKey: "k", limit: 1 }, { id: "keyed too", limitKey: "k", limit: 1 });
    const [keyed] = await claim(store, { limit: 9 });
    if (keyed) await undo(store, keyed);
    expect(ids(await claim(store, { limit: 9 }))).toEqual(["keyed"]);
  });

  it("counts the time of an attempt from the moment at which its command began", async () => {
    const { store, clock } = current();
    const late = await processing(store);
    const claimedAt = clock.now();
    clock.advance(30);
    const startedAt = clock.now();
    clock.advance(5);
    await settle(store, late, undefined, undefined, { startedAt });
    expect(await get(store, late.id)).toMatchObject({ startedAt, finishedAt: startedAt + 5 });
    expect((await store.jobs.attempts(late.id))[0]).toMatchObject({ startedAt, finishedAt: startedAt + 5 });

    const back = await processing(store);
    await settle(store, back, undefined, undefined, { startedAt: claimedAt });
    expect((await get(store, back.id)).startedAt).toBe(startedAt + 5);
    // The clock was put back meanwhile.
    const ahead = await processing(store);
    await settle(store, ahead, undefined, undefined, { startedAt: clock.now() + 60_000 });
    expect(await get(store, ahead.id)).toMatchObject({ startedAt: clock.now(), finishedAt: clock.now() });
  });

  it("tells which claimed jobs should not begin now", async () => {
    const { store, limit } = current();
    const queues = ["plain", "cancelled", "paused", "limited", "long", "rated"];
    await insert(store, ...queues.map((queue) => ({ id: queue, queue })));
    const jobs = await claim(store, { limit: 9 });
    const fences = jobs.map(({ fence }) => fence);
    expect(await store.leases.withdrawn(fences)).toEqual([]);
    await cancelJob(store, "cancelled");
    await store.queues.pause("paused");
    await limit("limited", { concurrency: 5 });
    await limit("rated", { rate: [5, 1000] });
    await limit("long", { maxLength: 5 });
    const withdrawn = new Set(await store.leases.withdrawn(fences));
    const names = jobs.filter(({ fence }) => withdrawn.has(fence)).map(({ id }) => id);
    expect(names.sort()).toEqual(["cancelled", "limited", "paused", "rated"]);
    expect(await store.leases.withdrawn([])).toEqual([]);
  });

  it("tells of a lease whether its job was claimed ahead, and the pid that was recorded", async () => {
    const { store } = current();
    await insert(store, { id: "a" }, { id: "b" });
    const [, b] = await claim(store, { limit: 1, ahead: 1 });
    await store.leases.started(b?.fence ?? 0, 4711);
    expect(await allLeases(store)).toMatchObject([
      { ahead: false, pid: null },
      { ahead: true, pid: 4711 },
    ]);
  });
}

async function processingAgain(store: Store): Promise<ClaimedJob> {
  const [job] = await claim(store);
  if (job === undefined) throw new Error("nothing to claim");
  return job;
}
