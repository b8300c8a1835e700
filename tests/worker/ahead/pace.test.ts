/** How many jobs lie ready: by time, not by number. */
import { expect, it } from "vitest";
import { Pace } from "../../../src/worker/ahead/pace.js";

/** After so many jobs of this length. */
function paceAfter(count: number, ms: number, pace = new Pace()): Pace {
  for (let n = 0; n < count; n++) pace.ended(ms);
  return pace;
}

it("claims nothing ahead before it knows that jobs are short", () => {
  expect(new Pace().ahead([], 4)).toBe(0);
  expect(paceAfter(3, 1).ahead([0, 0, 0, 0], 0)).toBe(0);
});

it("claims what the slots begin within 40 ms, a dozen at most", () => {
  const pace = paceAfter(200, 9.9);
  expect(pace.ahead([1, 1], 0)).toBe(8);
  expect(pace.ahead([1], 1)).toBe(8);
  expect(pace.ahead([1], 0)).toBe(4);
  expect(paceAfter(200, 1).ahead([1], 0)).toBe(12);
  expect(paceAfter(200, 0).ahead([1], 0)).toBe(12);
});

it("counts no slot whose job takes long", () => {
  const pace = paceAfter(200, 9.9);
  expect(pace.ahead([39, 40, 5000], 0)).toBe(4);
  expect(pace.ahead([40, 5000], 0)).toBe(0);
});

it("claims nothing ahead after one long job, until many short ones have ended", () => {
  const pace = paceAfter(1, 10_000, paceAfter(200, 1));
  expect(pace.ahead([0, 0, 0, 0], 0)).toBe(0);
  expect(paceAfter(10, 1, pace).ahead([0, 0, 0, 0], 0)).toBe(0);
  // A very long one is forgotten as soon as one of a second.
  expect(paceAfter(30, 1, pace).ahead([0, 0, 0, 0], 0)).toBeGreaterThan(0);
});

it("claims jobs that take longer than that one at a time, and only for many slots", () => {
  const pace = paceAfter(200, 100);
  expect(pace.ahead([1], 0)).toBe(0);
  expect(pace.ahead([1, 1, 1], 0)).toBe(1);
});
