import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { after } from "../../src/core/timer.js";

const DAY_MS = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a timer", () => {
  it.each([0, 1, 5000, 24 * DAY_MS, 25 * DAY_MS, 90 * DAY_MS])("fires after %d ms, and not before", (ms) => {
    const fire = vi.fn();
    after(ms, fire);
    if (ms > 0) vi.advanceTimersByTime(ms - 1);
    expect(fire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fire).toHaveBeenCalledOnce();
  });

  it("can be taken back, also when it is in its second month", () => {
    const fire = vi.fn();
    const cancel = after(90 * DAY_MS, fire);
    vi.advanceTimersByTime(40 * DAY_MS);
    cancel();
    vi.advanceTimersByTime(90 * DAY_MS);
    expect(fire).not.toHaveBeenCalled();
  });
});
