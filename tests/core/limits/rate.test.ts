import { describe, expect, it } from "vitest";
import { formatRate, parseRate } from "../../../src/core/limits/rate.js";

describe("a rate", () => {
  it.each<[string, number, number, string]>([
    ["10/m", 10, 60_000, "10/m"],
    ["3/s", 3, 1000, "3/s"],
    ["1/h", 1, 3_600_000, "1/h"],
    ["2/d", 2, 86_400_000, "2/d"],
    ["5/30s", 5, 30_000, "5/30s"],
    ["5/60s", 5, 60_000, "5/m"],
    [" 4 / 1.5s ", 4, 1500, "4/1500ms"],
    ["7/10", 7, 10_000, "7/10s"],
  ])("%j is %i within %i ms", (text, count, perMs, shortest) => {
    expect(parseRate(text, "--rate")).toEqual({ count, perMs });
    expect(formatRate({ count, perMs })).toBe(shortest);
    expect(parseRate(shortest, "--rate")).toEqual({ count, perMs });
  });

  it.each(["", "10", "/m", "10/", "0/m", "-1/s", "1.5/s", "x/s", "1/x", "1/0s", "1/s/s", "10001/s", "1/2d", "1e3/s"])(
    "%j is none",
    (text) => {
      expect(() => parseRate(text, "--rate")).toThrow(`--rate is ${JSON.stringify(text)}, which is not a rate`);
    },
  );
});
