/** Results and a store that is in trouble: none is lost, none is written twice. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ShortageError } from "../../src/core/errors.js";
import type { LeaseStore, Settlement } from "../../src/store/contract/store.js";
import { Settler } from "../../src/worker/settler.js";
import { BURY, COMPLETE, claim, get, insert, processing, type StoreHarness } from "../store/harness.js";
import { openSqliteHarness } from "../store/sqlite/harness.js";
import { FailingStore } from "../support/failing-store.js";
import { type KeptLog, keptLog } from "../support/kept-log.js";

let harness: StoreHarness;
let failing: FailingStore;
let kept: KeptLog;
let settler: Settler;

beforeEach(async () => {
  harness = await openSqliteHarness();
  failing = new FailingStore(harness.store);
  kept = keptLog();
  settler = new Settler(failing.store.leases, kept.log);
  vi.useFakeTimers();
});
afterEach(async () => {
  vi.useRealTimers();
  await harness.close();
});

const succeeded = ({ id, fence }: { id: string; fence: number }): Settlement => ({
  jobId: id,
  fence,
  outcome: { kind: "succeeded" },
  decision: COMPLETE,
});

/** The promise's answer, with time passing as fast as it is waited for. */
async function inTime<T>(promise: Promise<T>): Promise<T> {
  let over = false;
  const settled = promise.finally(() => {
    over = true;
  });
  while (!over) await vi.advanceTimersByTimeAsync(50);
  return settled;
}

it("tries the same results again until the store takes them", async () => {
  const job = await processing(harness.store);
  const recorded = vi.fn();
  settler.add({ settlement: succeeded(job), recorded });
  failing.refuse("leases.settle", new ShortageError("database or disk is full"), 3);
  const flushed = settler.flush(() => null);
  await vi.advanceTimersByTimeAsync(0);
  expect(recorded).not.toHaveBeenCalled();
  await inTime(flushed);
  expect(failing.count("leases.settle")).toBe(4);
  expect(recorded).toHaveBeenCalledTimes(1);
  expect((await get(harness.store, job.id)).state).toBe("completed");
  expect(kept.messages.filter((message) => message.includes("database or disk is full"))).toHaveLength(3);
});

it("asks at every try anew what to claim, since a stop may have come", async () => {
  const job = await processing(harness.store);
  const [waiting] = await insert(harness.store, {});
  settler.add({ settlement: succeeded(job), recorded: () => {} });
  failing.refuse("leases.settleAndClaim");
  let stopping = false;
  const request = () => (stopping ? null : { workerId: "worker-1", queues: null, limit: 1, leaseMs: 15_000 });
  const flushed = settler.flush(() => {
    const wanted = request();
    stopping = true;
    return wanted;
  });
  expect(await inTime(flushed)).toBeNull();
  expect((await get(harness.store, job.id)).state).toBe("completed");
  expect((await get(harness.store, waiting as string)).state).toBe("pending");
});

it("keeps the results that arrive while it waits for the next flush", async () => {
  const first = await processing(harness.store);
  settler.add({ settlement: succeeded(first), recorded: () => {} });
  failing.refuse("leases.settle");
  const flushed = settler.flush(() => null);
  await vi.advanceTimersByTimeAsync(0);
  const second = await processing(harness.store);
  settler.add({ settlement: succeeded(second), recorded: () => {} });
  await inTime(flushed);
  expect(settler.size).toBe(1);
  await inTime(settler.flush(() => null));
  expect(settler.size).toBe(0);
  expect((await get(harness.store, second.id)).state).toBe("completed");
});

it("does not call a result recorded whose lease was taken away", async () => {
  const job = await processing(harness.store);
  const recorded = vi.fn();
  settler.add({ settlement: succeeded({ id: job.id, fence: job.fence + 1 }), recorded });
  await inTime(settler.flush(() => null));
  expect(recorded).not.toHaveBeenCalled();
  expect((await get(harness.store, job.id)).state).toBe("processing");
  expect(kept.messages).toHaveLength(1);
});

/** Refuses what holds the word, as a database does that cannot take a text. */
function refusing(leases: LeaseStore, word: string): Pick<LeaseStore, "settle" | "settleAndClaim"> {
  const check = (settlements: readonly Settlement[]) => {
    if (JSON.stringify(settlements).includes(word)) throw new RangeError("invalid byte sequence");
  };
  return {
    async settle(settlements) {
      check(settlements);
      return leases.settle(settlements);
    },
    async settleAndClaim(settlements, request) {
      check(settlements);
      return leases.settleAndClaim(settlements, request);
    },
  };
}

it("stores a result that is refused without its texts, says so, and keeps no other one back", async () => {
  const { store } = harness;
  await insert(store, {}, {}, {});
  const [first, second, third] = await claim(store, { limit: 3 });
  if (!first || !second || !third) throw new Error("not all claimed");
  settler = new Settler(refusing(store.leases, "POISON"), kept.log);
  const recorded: string[] = [];
  const add = (settlement: Settlement) =>
    settler.add({ settlement, recorded: () => void recorded.push(settlement.jobId) });
  add({ ...succeeded(first), result: "[1]" });
  const dead = { outcome: { kind: "failed", exitCode: 3 }, decision: BURY } as const;
  add({ ...dead, jobId: second.id, fence: second.fence, reason: "POISON", result: '"POISON"' });
  const unstarted = { kind: "not-started", message: "POISON", transient: false } as const;
  add({ outcome: unstarted, decision: BURY, jobId: third.id, fence: third.fence });
  await inTime(settler.flush(() => ({ workerId: "worker-1", queues: null, limit: 1, leaseMs: 1000 })));

  expect(recorded).toEqual([first.id, second.id, third.id]);
  expect(await get(store, first.id)).toMatchObject({ state: "completed", result: "[1]" });
  expect(await get(store, second.id)).toMatchObject({ state: "dead", exitCode: 3, result: null });
  const remark = "its texts could not be stored: invalid byte sequence";
  expect(await store.jobs.attempts(second.id)).toMatchObject([{ error: `exited with code 3; ${remark}` }]);
  expect(await store.jobs.attempts(third.id)).toMatchObject([
    { outcome: "not-started", error: `could not start: the reason could not be stored; ${remark}` },
  ]);
});
