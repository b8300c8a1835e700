import { describe, expect, it } from "vitest";
import { parseCron } from "../../../src/core/schedule/cron.js";
import { type Catchup, checkScheduleName, planTicks, waitsTooLong } from "../../../src/core/schedule/schedule.js";

const NOW = Date.parse("2030-01-01T12:00:10Z");
const MINUTE = 60_000;
const ago = (minutes: number) => NOW - 10_000 - minutes * MINUTE;
const every = { ...parseCron("* * * * *", false), zone: "UTC" };
const nightly = { ...parseCron("0 3 * * *", false), zone: "UTC" };

/** How many minutes ago the ticks are that are fired when the first open one is so many minutes old. */
function fired(catchup: Catchup, minutes: number): number[] {
  return planTicks(every, catchup, ago(minutes), NOW).ticks.map((tick) => (ago(0) - tick) / MINUTE);
}

describe("what is due", () => {
  it.each<[string, Catchup, number, number[]]>([
    ["nothing before its time", "all", -1, []],
    ["the tick that has just come", "none", 0, [0]],
    ["the tick that has just come", "latest", 0, [0]],
    ["the tick that has just come", "all", 0, [0]],
    ["nothing of what was missed, only what is late", "none", 30, [0]],
    ["what is late instead of what was missed", "latest", 30, [0]],
    ["each that was missed", "all", 4, [4, 3, 2, 1, 0]],
  ])("is %s: %s, %d min", (_, catchup, minutes, ticks) => expect(fired(catchup, minutes)).toEqual(ticks));

  it("is once what was missed long ago, or never", () => {
    const from = NOW - 5 * 24 * 60 * MINUTE;
    const missed = Date.parse("2030-01-01T03:00:00Z");
    expect(planTicks(nightly, "latest", from, NOW).ticks).toEqual([missed]);
    expect(planTicks(nightly, "none", from, NOW).ticks).toEqual([]);
    expect(planTicks(nightly, "all", from, NOW).ticks.length).toBe(5);
  });

  it("is never more than a thousand, the newest", () => {
    const ticks = fired("all", 500_000);
    expect([ticks.length, ticks[0], ticks.at(-1)]).toEqual([1000, 999, 0]);
  });

  it("goes on after now, however much was missed", () => {
    for (const catchup of ["none", "latest", "all"] as const)
      expect(planTicks(every, catchup, ago(5000), NOW).nextAt).toBe(ago(-1));
  });

  it("waits for one another only where each that was missed is wanted", () => {
    expect(planTicks(every, "all", ago(4), NOW).mayWait).toBe(true);
    expect(planTicks(every, "all", ago(0), NOW).mayWait).toBe(false);
    expect(planTicks(every, "latest", ago(4), NOW).mayWait).toBe(false);
  });
});

it("a schedule waits too long if a clock that was ahead has set it", () => {
  expect(waitsTooLong(every, ago(-1), NOW)).toBe(false);
  expect(waitsTooLong(every, ago(-120), NOW)).toBe(false);
  expect(waitsTooLong(every, ago(-240), NOW)).toBe(true);
  expect(waitsTooLong(nightly, Date.parse("2030-01-02T03:00:00Z"), NOW)).toBe(false);
});

it.each(["", "-x", "a b", "a/b", "x".repeat(101)])("%j is no name of a schedule", (name) => {
  expect(() => checkScheduleName(name)).toThrow(/^the schedule name .* is not valid$/);
});
