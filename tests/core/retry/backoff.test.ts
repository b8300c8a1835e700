import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffDelay } from "../../../src/core/retry/backoff.js";

const plain = { base: 2, maxMs: 3_600_000, jitter: 0 };

describe("backoffDelay", () => {
  it("is base to the power of the attempt, in seconds", () => {
    expect([1, 2, 3, 4].map((attempt) => backoffDelay(attempt, plain))).toEqual([2000, 4000, 8000, 16_000]);
    expect(backoffDelay(3, { ...plain, base: 0 })).toBe(0);
    expect(backoffDelay(3, { ...plain, base: 1 })).toBe(1000);
    expect(backoffDelay(2, { ...plain, base: 0.5 })).toBe(250);
  });

  it("is capped, however often the job has failed", () => {
    expect(backoffDelay(12, plain)).toBe(3_600_000);
    expect(backoffDelay(1_000_000, plain)).toBe(3_600_000);
  });

  it("is moved by jitter within its share, and never beyond the cap or below zero", () => {
    const policy = fc.record({
      base: fc.double({ min: 0, max: 1000, noNaN: true }),
      maxMs: fc.nat(1e9),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), policy, random, (attempt, given, chance) => {
        const exact = backoffDelay(attempt, { ...given, jitter: 0 });
        const delay = backoffDelay(attempt, given, () => chance);
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(given.maxMs);
        expect(Math.abs(delay - exact)).toBeLessThanOrEqual(Math.ceil(exact * given.jitter) + 1);
      }),
    );
  });
});
