import { describe, expect, it } from "vitest";
import { checkLimits } from "../../../src/core/limits/queue.js";

const check = (changes: unknown) => checkLimits(changes as Parameters<typeof checkLimits>[0]);

describe("the limits of a queue", () => {
  it.each([
    {},
    { concurrency: 2 },
    { concurrency: null, rate: null, maxLength: null },
    { rate: { count: 10_000, perMs: 86_400_000 }, maxLength: 1_000_000_000 },
  ])("may be %j", (changes) => {
    expect(check(changes)).toEqual(changes);
  });

  it("that are undefined are not given", () => {
    expect(Object.keys(check({ concurrency: undefined, maxLength: 3 }))).toEqual(["maxLength"]);
  });

  it.each<[unknown, RegExp]>([
    [undefined, /^the limits of a queue must be an object/],
    ["2", /^the limits of a queue must be an object/],
    [{ max_length: 3 }, /^a queue has no limit "max_length"/],
    [{ concurrency: 0 }, /^"concurrency" is 0/],
    [{ concurrency: "2" }, /^"concurrency" is "2"/],
    [{ concurrency: 1.5 }, /^"concurrency" is 1.5/],
    [{ maxLength: Number.NaN }, /^"maxLength" is NaN/],
    [{ maxLength: 1e10 }, /^"maxLength" is 10000000000/],
    [{ rate: "10/m" }, /^"rate" is "10\/m", which is not a rate/],
    [{ rate: 0 }, /^"rate" is 0, which is not a rate/],
    [{ rate: { count: 0, perMs: 1000 } }, /^"rate" is .*, which is not a rate/],
    [{ rate: { count: 10 } }, /^"rate" is .*, which is not a rate/],
    [{ rate: { count: 1e9, perMs: 1e12 } }, /^"rate" is .*, which is not a rate/],
  ])("may not be %j", (changes, message) => {
    expect(() => check(changes)).toThrow(
      expect.objectContaining({ code: "usage", message: expect.stringMatching(message) }),
    );
  });
});
