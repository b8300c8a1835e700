import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { AttemptRun } from "../../src/worker/attempt-run.js";
import { LeaseKeeper } from "../../src/worker/lease-keeper.js";

const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function keeping() {
  const renewals: { fences: readonly number[]; leaseMs: number }[] = [];
  const started: number[] = [];
  const store = {
    async renew(fences: readonly number[], leaseMs: number) {
      renewals.push({ fences, leaseMs });
      return [...fences];
    },
    async cancellations() {
      return [];
    },
    async started(fence: number) {
      started.push(fence);
    },
  };
  const running = new Map<number, AttemptRun>();
  const begin = (fence: number) => running.set(fence, { pid: 4000 + fence } as AttemptRun);
  const keeper = new LeaseKeeper(store, "w", running, pino({ level: "silent" }));
  return { keeper, running, begin, renewals, started };
}

it("renews in time for the shortest lease that is held, when a longer one was configured since", async () => {
  const { keeper, begin, renewals } = keeping();
  begin(1);
  keeper.watch(3000);
  begin(2);
  keeper.watch(HOUR_MS);
  await vi.advanceTimersByTimeAsync(1400);
  expect(renewals).toEqual([{ fences: [1, 2], leaseMs: HOUR_MS }]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(renewals).toHaveLength(1);
  keeper.stop();
});

it("forgets the attempts that have ended, also while it is never idle", async () => {
  const { keeper, running, begin, started } = keeping();
  begin(1);
  keeper.watch(HOUR_MS);
  await vi.advanceTimersByTimeAsync(1000);
  expect(started).toEqual([1]);
  begin(2);
  running.delete(1);
  await vi.advanceTimersByTimeAsync(1000);
  // A fence is never used twice; here it tells whether it is still known.
  begin(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(started).toEqual([1, 2, 1]);
  keeper.stop();
});
