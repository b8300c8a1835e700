import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Look, waitUntil } from "../../src/core/wait-until.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A look that finds these, one after the other. */
function finding(...finds: Look<string, number>[]) {
  return vi.fn(async (): Promise<Look<string, number>> => finds.shift() ?? { missing: 0 });
}

const late = (missing: number) => new Error(`${missing} missing`);

it("looks at once, and waits no longer than until something is found", async () => {
  const look = finding({ result: "there" });
  expect(await waitUntil(look, { timeoutMs: 0, pauseMs: 100, late })).toBe("there");
  expect(vi.getTimerCount()).toBe(0);
});

it("pauses between two looks", async () => {
  const look = finding({ missing: 1 }, { missing: 1 }, { result: "there" });
  const found = waitUntil(look, { timeoutMs: 1000, pauseMs: 100, late });
  await vi.advanceTimersByTimeAsync(199);
  expect(look).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(await found).toBe("there");
});

it("tells once a second what is missing by then, and looks no further until that is told", async () => {
  const told: number[] = [];
  let hasTold = () => {};
  const tell = (missing: number) => {
    told.push(missing);
    return new Promise<void>((resolve) => {
      hasTold = resolve;
    });
  };
  let looks = 0;
  const look = async (): Promise<Look<string, number>> => (++looks === 23 ? { result: "there" } : { missing: looks });
  const found = waitUntil(look, { timeoutMs: 60_000, pauseMs: 100, tell, late });
  await vi.advanceTimersByTimeAsync(999);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(told).toEqual([11]);
  expect(looks).toBe(11);
  hasTold();
  await vi.advanceTimersByTimeAsync(100);
  expect(told).toEqual([11, 12]);
  hasTold();
  await vi.advanceTimersByTimeAsync(999);
  expect(told).toEqual([11, 12]);
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toEqual([11, 12, 22]);
  hasTold();
  await vi.advanceTimersByTimeAsync(100);
  expect(await found).toBe("there");
});

it("gives up with what was missing last", async () => {
  const look = finding({ missing: 3 }, { missing: 2 }, { missing: 1 });
  const found = waitUntil(look, { timeoutMs: 150, pauseMs: 100, late: async (missing) => late(missing) });
  const thrown = expect(found).rejects.toThrow("1 missing");
  await vi.advanceTimersByTimeAsync(200);
  await thrown;
  expect(look).toHaveBeenCalledTimes(3);
  expect(vi.getTimerCount()).toBe(0);
});
