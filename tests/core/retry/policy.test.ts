import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ExitCodeRules, meaningOf, overrule } from "../../../src/core/retry/exit-codes.js";
import { asOptions, overlay, type RetryPolicy } from "../../../src/core/retry/policy.js";

const configured: RetryPolicy = { maxRetries: 3, backoff: { base: 2, maxMs: 1000, jitter: 0 } };

describe("overlay", () => {
  it("leaves as it was what is not wished otherwise", () => {
    expect(overlay({}, configured)).toEqual(configured);
    expect(overlay({ maxRetries: null, backoffBase: null }, configured)).toEqual(configured);
  });

  it("goes by the wish, by zero as well", () => {
    const options = {
      maxRetries: 9,
      backoff: "fixed",
      backoffBase: 0,
      backoffMaxMs: 0,
      jitter: 0,
      snoozeDelayMs: 0,
    } as const;
    expect(asOptions(overlay(options, { ...configured, snoozeDelayMs: 5 }))).toEqual(options);
  });

  it("laid twice is what the upper one says, then the lower one", () => {
    const lower = overlay({ maxRetries: 5, jitter: 0.5, retryOn: [1] }, configured);
    expect(overlay({ jitter: 0.1, snoozeOn: [75] }, lower)).toEqual({
      maxRetries: 5,
      backoff: { base: 2, maxMs: 1000, jitter: 0.1 },
      exitCodes: { retryOn: [1], snoozeOn: [75] },
    });
  });
});

describe("the meaning of an exit code", () => {
  it("is that of its list; where there is a retryOn, whatever else is final", () => {
    expect(meaningOf(1)).toBe("retry");
    expect(meaningOf(1, { retryOn: [1], noRetryOn: [2], snoozeOn: [3] })).toBe("retry");
    expect(meaningOf(2, { retryOn: [1], noRetryOn: [2], snoozeOn: [3] })).toBe("final");
    expect(meaningOf(3, { retryOn: [1], noRetryOn: [2], snoozeOn: [3] })).toBe("snooze");
    expect(meaningOf(4, { retryOn: [1] })).toBe("final");
    expect(meaningOf(4, { noRetryOn: [2], snoozeOn: [3] })).toBe("retry");
  });

  it("is for a code that the job names what the job says, whatever its policy says", () => {
    const codes = fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 3, maxLength: 6 });
    const rules = fc
      .tuple(codes, fc.subarray(["retryOn", "noRetryOn", "snoozeOn"] as const))
      .map(
        ([all, lists]): ExitCodeRules =>
          Object.fromEntries(lists.map((list, i) => [list, all.filter((_, n) => n % 3 === i)])),
      );
    fc.assert(
      fc.property(rules, rules, fc.integer({ min: 1, max: 6 }), (own, policy, code) => {
        const both = overrule(own, policy);
        const named = Object.values(own).some((list: readonly number[]) => list.includes(code));
        if (named) expect(meaningOf(code, both)).toBe(meaningOf(code, own));
        const lists = Object.values(both).flat();
        expect(new Set(lists).size).toBe(lists.length);
      }),
    );
  });
});
