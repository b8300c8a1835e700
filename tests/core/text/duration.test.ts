import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../../src/core/errors.js";
import { formatDuration, humanDuration, parseDuration } from "../../../src/core/text/duration.js";

describe("parseDuration", () => {
  it.each([
    ["90", 90_000],
    [90, 90_000],
    [0, 0],
    ["0", 0],
    ["500ms", 500],
    ["90s", 90_000],
    ["5m", 300_000],
    ["2h", 7_200_000],
    ["1d", 86_400_000],
    ["1w", 604_800_000],
    ["1.5h", 5_400_000],
    [".5", 500],
    ["0.0004", 1],
    ["0.1ms", 1],
    ["0.0", 0],
    [" 5 m ", 300_000],
    ["1h30m", 5_400_000],
    ["1w2d3h4m5s6ms", 788_645_006],
    ["3d 4h", 273_600_000],
    ["1.5h 30s", 5_430_000],
    ["0h0m", 0],
  ])("reads %j as %d ms", (text, ms) => expect(parseDuration(text, "x")).toBe(ms));

  it.each([
    "",
    "five",
    "5x",
    "-5",
    "5 5",
    "1e3",
    "5mm",
    "NaN",
    "Infinity",
    "101000d",
    "5.",
    "30m1h",
    "1h1h",
    "1h30",
    "h",
    "30 1m",
    -1,
    Number.NaN,
  ])("refuses %j, naming it", (text) =>
    expect(() => parseDuration(text, "--delay")).toThrow(/^--delay is .*, which is not a duration$/),
  );

  it("says how to write one", () => {
    const error = failureOf(() => parseDuration("x", "--delay"));
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).hint).toContain("90s");
  });
});

describe("formatDuration", () => {
  it("is read back exactly", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 41), (ms) => {
        expect(parseDuration(formatDuration(ms), "x")).toBe(ms);
      }),
    );
  });

  it.each([
    [0, "0s"],
    [1500, "1500ms"],
    [90_000, "90s"],
    [7 * 86_400_000, "7d"],
  ])("writes %d as %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe("humanDuration", () => {
  it.each([
    [40, "40ms"],
    [800, "0.8s"],
    [12_000, "12s"],
    [302_000, "5m 2s"],
    [3_600_000, "1h"],
    [3 * 86_400_000 + 4 * 3_600_000 + 5, "3d 4h"],
  ])("writes %d as %s", (ms, text) => expect(humanDuration(ms)).toBe(text));

  it("always says something short", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 43), (ms) => {
        expect(humanDuration(ms)).toMatch(/^\S+( \S+)?$/);
      }),
    );
  });
});

function failureOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
