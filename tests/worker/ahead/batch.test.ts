import { afterEach, beforeEach, expect, it, type Mock, vi } from "vitest";
import { Batch } from "../../../src/worker/ahead/batch.js";

let due: Mock<() => void>;
let batch: Batch;

beforeEach(() => {
  vi.useFakeTimers();
  due = vi.fn();
  batch = new Batch(due);
});
afterEach(() => void vi.useRealTimers());

it("lets results wait for others while jobs lie ready, until six have come", () => {
  for (const results of [1, 2, 3, 4, 5]) batch.added(results, 2);
  expect([batch.waits(5, 2), due.mock.calls.length]).toEqual([true, 0]);
  batch.added(6, 2);
  expect([batch.waits(6, 2), due.mock.calls.length]).toEqual([false, 1]);
});

it("lets none wait when jobs run short, and nothing when there is none", () => {
  batch.added(1, 1);
  expect(due).toHaveBeenCalledOnce();
  expect([batch.waits(1, 1), batch.waits(0, 12)]).toEqual([false, false]);
});

it("counts four milliseconds from the first result, also for a pass that comes meanwhile", () => {
  batch.added(1, 12);
  vi.advanceTimersByTime(3);
  batch.added(2, 12);
  expect([batch.waits(2, 12), due.mock.calls.length]).toEqual([true, 0]);
  vi.advanceTimersByTime(1);
  expect([batch.waits(2, 12), due.mock.calls.length]).toEqual([false, 1]);
});

it("begins anew once the results are recorded", () => {
  batch.added(1, 12);
  vi.advanceTimersByTime(4);
  batch.clear();
  batch.added(1, 12);
  expect([batch.waits(1, 12), due.mock.calls.length]).toEqual([true, 1]);
  batch.clear();
  vi.advanceTimersByTime(10);
  expect(due).toHaveBeenCalledOnce();
});
