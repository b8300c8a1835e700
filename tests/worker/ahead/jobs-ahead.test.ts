/** Jobs that lie ready on a real store: which begins next, and when one goes back. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { resolveConfig } from "../../../src/config/config.js";
import type { NewJob } from "../../../src/store/contract/store.js";
import { JobsAhead } from "../../../src/worker/ahead/jobs-ahead.js";
import { cancelJob, claim, get, insert, type StoreHarness } from "../../store/harness.js";
import { openSqliteHarness } from "../../store/sqlite/harness.js";
import { FailingStore } from "../../support/failing-store.js";

const config = resolveConfig({ stored: {}, env: {}, flags: {} });

let harness: StoreHarness;
let failing: FailingStore;
let ahead: JobsAhead;
beforeEach(async () => {
  harness = await openSqliteHarness();
  failing = new FailingStore(harness.store);
  ahead = new JobsAhead(failing.store);
});
afterEach(() => harness.close());

/** Inserts jobs and claims them ahead. Resolves to their fences. */
async function layReady(...jobs: Partial<NewJob>[]): Promise<number[]> {
  await insert(harness.store, ...jobs);
  const claimed = await claim(harness.store, { limit: 0, ahead: jobs.length });
  ahead.add(claimed.map((job) => ({ job, config, askedAt: harness.clock.monotonic() })));
  return claimed.map(({ fence }) => fence);
}

const next = () => ahead.take(1)[0]?.job.id;
const state = async (id: string) => (await get(harness.store, id)).state;

it("gives them out in their order, a more urgent one that came later first", async () => {
  await layReady({ id: "a" }, { id: "b" });
  await layReady({ id: "urgent", priority: 5 }, { id: "c" });
  expect([next(), next(), next(), next(), next()]).toEqual(["urgent", "a", "b", "c", undefined]);
});

it("gives out none that has waited too long, and gives it back uncharged", async () => {
  const [fence = 0] = await layReady({ id: "a" });
  expect(ahead.patienceMs).toBe(80);
  harness.clock.advance(81);
  expect(ahead.patienceMs).toBe(0);
  expect(next()).toBeUndefined();
  expect(ahead.holds(fence)).toBe(true);
  await ahead.review(false);
  expect(ahead.size).toBe(0);
  expect(await get(harness.store, "a")).toMatchObject({ state: "pending", attempts: 0, fence: 0 });
});

it("takes no more for as long as no job has ended since one went back for waiting", async () => {
  await layReady({ id: "a" });
  harness.clock.advance(81);
  await ahead.review(false);
  expect(ahead.takesMore).toBe(false);
  ahead.jobEnded();
  expect(ahead.takesMore).toBe(true);
});

it("looks now and then whether a job should still begin", async () => {
  await layReady({ id: "cancelled" }, { id: "paused", queue: "p" }, { id: "limited", queue: "l" }, { id: "a" });
  await cancelJob(harness.store, "cancelled");
  await harness.store.queues.pause("p");
  await harness.limit("l", { concurrency: 3 });
  harness.clock.advance(6);
  expect(next()).toBeUndefined();
  await ahead.review(false);
  expect(next()).toBe("a");
  expect(ahead.size).toBe(0);
  expect(await Promise.all(["cancelled", "paused", "limited"].map(state))).toEqual(["cancelled", "pending", "pending"]);
  expect(ahead.takesMore).toBe(true);
});

it("does not look again at what was claimed a moment ago", async () => {
  await layReady({ id: "a" });
  await ahead.review(false);
  expect(failing.calls).toEqual([]);
  expect(next()).toBe("a");
});

it("gives all of them back when the worker stops", async () => {
  await layReady({ id: "a" }, { id: "b" });
  await ahead.review(true);
  expect(ahead.size).toBe(0);
  expect(await harness.store.jobs.counts()).toMatchObject({ pending: 2, processing: 0 });
});

it("begins none that is to go back while the store does not take it, and tries again", async () => {
  const [fence = 0] = await layReady({ id: "a" });
  failing.refuse("leases.unclaim");
  await expect(ahead.review(true)).rejects.toThrow("disk I/O error");
  expect([next(), ahead.ready, ahead.size, ahead.holds(fence)]).toEqual([undefined, 0, 1, true]);
  await ahead.review(false);
  expect(ahead.size).toBe(0);
  expect(await state("a")).toBe("pending");
});

it("lets go of a job that another process has taken", async () => {
  const [fence = 0] = await layReady({ id: "a" });
  await harness.store.leases.unclaim([{ jobId: "a", fence }]);
  await claim(harness.store, { workerId: "another" });
  await ahead.review(true);
  expect(ahead.size).toBe(0);
  expect(await get(harness.store, "a")).toMatchObject({ state: "processing", workerId: "another", attempts: 1 });
});
