import { expect, it } from "vitest";
import type { AttemptOutput, PruneSelection, Store } from "../../../src/store/contract/store.js";
import {
  BURY,
  cancelJob,
  claim,
  filesIn,
  get,
  insert,
  large,
  processing,
  retryAfter,
  reviveJob,
  settle,
} from "../harness.js";
import type { Current } from "../store-suite.js";

const ANY: PruneSelection = { states: ["completed", "dead", "cancelled"], olderThanMs: 0 };
const COMPLETED: PruneSelection = { states: ["completed"], olderThanMs: 0 };

export function pruneCases(current: Current): void {
  it("deletes what has ended in a chosen state, with its history, and nothing else", async () => {
    const { store, block } = current();
    await settle(store, await processing(store, { id: "completed" }));
    await settle(store, await processing(store, { id: "dead", queue: "other" }), BURY, { kind: "failed", exitCode: 1 });
    await settle(store, await processing(store, { id: "failed" }), retryAfter(9e9), { kind: "failed", exitCode: 1 });
    await insert(store, { id: "cancelled" });
    await cancelJob(store, "cancelled");
    await processing(store, { id: "processing" });
    await insert(store, { id: "pending" }, { id: "blocked" });
    await block("blocked");

    expect([await store.jobs.prunable(COMPLETED), await store.jobs.prunable(ANY)]).toEqual([1, 3]);
    expect(await store.jobs.prune(COMPLETED, 10)).toEqual({ deleted: 1, files: [] });
    expect(await store.jobs.attempts("completed")).toEqual([]);
    expect((await store.jobs.prune(ANY, 10)).deleted).toBe(2);
    expect((await store.jobs.prune(ANY, 10)).deleted).toBe(0);
    expect((await store.jobs.list({})).map(({ id }) => id)).toEqual(["failed", "processing", "pending", "blocked"]);
    expect(await store.jobs.counts()).toMatchObject({ completed: 0, dead: 0, cancelled: 0, failed: 1, processing: 1 });
  });

  it("deletes only what ended long enough ago; when it was enqueued does not matter", async () => {
    const { store, clock } = current();
    const early = await processing(store, { id: "ended-late" });
    await settle(store, await processing(store, { id: "ended-early" }));
    clock.advance(1000);
    await settle(store, early);
    const selection = { ...COMPLETED, olderThanMs: 1000 };
    expect(await store.jobs.prunable({ ...COMPLETED, olderThanMs: 1001 })).toBe(0);
    expect((await store.jobs.prune({ ...COMPLETED, olderThanMs: 1001 }, 10)).deleted).toBe(0);
    expect([await store.jobs.prunable(selection), (await store.jobs.prune(selection, 10)).deleted]).toEqual([1, 1]);
    expect((await store.jobs.list({})).map(({ id }) => id)).toEqual(["ended-late"]);
  });

  it("takes a job that was run once more for what it is now", async () => {
    const { store } = current();
    await settle(store, await processing(store, { id: "again" }));
    await reviveJob(store, "again");
    expect((await store.jobs.prune(ANY, 10)).deleted).toBe(0);
    expect(await get(store, "again")).toMatchObject({ state: "pending" });
  });

  it("stops at the limit, over all queues, and goes on from there", async () => {
    const { store } = current();
    for (const queue of ["a", "b", "c"]) await insert(store, { queue }, { queue });
    for (const job of await claim(store, { limit: 6 })) await settle(store, job);
    expect((await store.jobs.prune(COMPLETED, 4)).deleted).toBe(4);
    expect((await store.jobs.prune(COMPLETED, 4)).deleted).toBe(2);
    expect(await store.jobs.list({})).toEqual([]);
  });

  it("tells which files nothing refers to any more", async () => {
    const { store } = current();
    await settleWithFiles(store, "keep");
    await reviveJob(store, "keep");
    const fence = await settleWithFiles(store, "drop", "other");
    const { files } = await store.jobs.prune(COMPLETED, 10);
    expect([...files].sort()).toEqual(filesIn(store, `output/${fence}.err`, `output/${fence}.out`));
  });

  it("knows the attempts that were deleted, not those that are there or are still to come", async () => {
    const { store } = current();
    const gone = await processing(store);
    await settle(store, gone);
    const there = await processing(store);
    await store.jobs.prune(COMPLETED, 10);
    const asked = [gone.fence, there.fence, there.fence + 1];
    expect(await store.jobs.deletedAttempts(asked)).toEqual([gone.fence]);
    expect(await store.jobs.deletedAttempts([])).toEqual([]);
  });
}

async function settleWithFiles(store: Store, id: string, queue = "default"): Promise<number> {
  await insert(store, { id, queue });
  const [job] = await claim(store, { queues: [queue] });
  if (job?.id !== id) throw new Error(`claimed ${job?.id}`);
  const stream = (name: string) => large(store, `output/${job.fence}.${name}`);
  const output: AttemptOutput = { stdout: stream("out"), stderr: stream("err"), host: null };
  await settle(store, job, undefined, undefined, { output });
  return job.fence;
}
