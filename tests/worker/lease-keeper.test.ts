import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { systemClock } from "../../src/core/clock.js";
import type { StopCause } from "../../src/exec/execution.js";
import type { PollIntervals } from "../../src/store/contract/store.js";
import type { AttemptRun } from "../../src/worker/attempt-run.js";
import { LeaseKeeper } from "../../src/worker/leases/lease-keeper.js";

const HOUR_MS = 3_600_000;
const POLL_MS: PollIntervals = { cancellations: 200, settings: 20, job: 50, processes: 20, retention: 5000 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function keeping(selfFencing = false, pollMs = 200) {
  const renewals: { fences: readonly number[]; leaseMs: number }[] = [];
  const started: number[] = [];
  const looks: number[] = [];
  const stopped: { fence: number; cause: StopCause }[] = [];
  let answering: Promise<unknown> = Promise.resolve();
  const leases = {
    async renew(fences: readonly number[], leaseMs: number) {
      renewals.push({ fences, leaseMs });
      await answering;
      return [...fences];
    },
    async cancellations() {
      looks.push(performance.now());
      return [];
    },
    async started(fence: number) {
      started.push(fence);
    },
  };
  const running = new Map<number, Pick<AttemptRun, "pid" | "stop"> & { job: { id: string; fence: number } }>();
  const keeper = new LeaseKeeper(
    { clock: systemClock, selfFencing, pollMs: { ...POLL_MS, cancellations: pollMs }, leases },
    "w",
    running,
    pino({ level: "silent" }),
  );
  const begin = (fence: number, ms: number) => {
    const stop = (cause: StopCause) => void stopped.push({ fence, cause });
    running.set(fence, { pid: 4000 + fence, job: { id: `j${fence}`, fence }, stop });
    keeper.watch(fence, { since: performance.now(), ms });
  };
  /** The store answers no renewal until the returned function is called. */
  const cutOff = (): (() => void) => {
    let reconnect = () => {};
    answering = new Promise<void>((resolve) => {
      reconnect = resolve;
    });
    return () => reconnect();
  };
  return { keeper, running, begin, renewals, started, stopped, looks, cutOff };
}

it("renews in time for the shortest lease that is held, when a longer one was configured since", async () => {
  const { keeper, begin, renewals } = keeping();
  begin(1, 3000);
  begin(2, HOUR_MS);
  await vi.advanceTimersByTimeAsync(1400);
  expect(renewals).toEqual([{ fences: [1, 2], leaseMs: HOUR_MS }]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(renewals).toHaveLength(1);
  keeper.stop();
});

it("forgets the attempts that have ended, also while it is never idle", async () => {
  const { keeper, running, begin, started } = keeping();
  begin(1, HOUR_MS);
  await vi.advanceTimersByTimeAsync(1000);
  expect(started).toEqual([1]);
  begin(2, HOUR_MS);
  running.delete(1);
  await vi.advanceTimersByTimeAsync(1000);
  // A fence is never used twice; here it tells whether it is still known.
  begin(1, HOUR_MS);
  await vi.advanceTimersByTimeAsync(1000);
  expect(started).toEqual([1, 2, 1]);
  keeper.stop();
});

it("ends what it could not renew before the lease runs out, where others cannot kill it", async () => {
  const { keeper, begin, stopped, cutOff } = keeping(true);
  begin(1, 10_000);
  cutOff();
  await vi.advanceTimersByTimeAsync(8800);
  expect(stopped).toEqual([]);
  begin(2, 10_000);
  await vi.advanceTimersByTimeAsync(400);
  expect(stopped).toEqual([{ fence: 1, cause: { kind: "interrupted" } }]);
  keeper.stop();
});

it("counts a renewed lease from before the request, however late the answer", async () => {
  const { keeper, begin, stopped, cutOff } = keeping(true);
  begin(1, 10_000);
  const reconnect = cutOff();
  await vi.advanceTimersByTimeAsync(8000);
  // The request was sent after 3.4 s, so the lease is good until 13.4 s.
  reconnect();
  await vi.advanceTimersByTimeAsync(0);
  cutOff();
  await vi.advanceTimersByTimeAsync(4000);
  expect(stopped).toEqual([]);
  await vi.advanceTimersByTimeAsync(600);
  expect(stopped).toHaveLength(1);
  keeper.stop();
});

it("ends what a machine slept past, where others cannot kill it, and nothing that began after the sleep", async () => {
  const { keeper, begin, stopped, cutOff } = keeping(true);
  vi.setSystemTime(Date.now() + HOUR_MS);
  begin(1, 10_000);
  cutOff();
  await vi.advanceTimersByTimeAsync(2000);
  expect(stopped).toEqual([]);
  // The wall clock goes on while the monotonic one stands still.
  vi.setSystemTime(Date.now() + 7500);
  await vi.advanceTimersByTimeAsync(200);
  expect(stopped).toEqual([{ fence: 1, cause: { kind: "interrupted" } }]);
  keeper.stop();
});

it("lets everything run on where others kill before they take, as after the sleep of a laptop", async () => {
  const { keeper, begin, stopped, cutOff } = keeping();
  begin(1, 10_000);
  cutOff();
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(stopped).toEqual([]);
  keeper.stop();
});

it.each([200, 1000])("looks for cancellations as often as the store finds worth it: every %i ms", async (pollMs) => {
  const { keeper, begin, looks } = keeping(false, pollMs);
  begin(1, HOUR_MS);
  await vi.advanceTimersByTimeAsync(10_100);
  expect(looks).toHaveLength(10_000 / pollMs);
  keeper.stop();
});
