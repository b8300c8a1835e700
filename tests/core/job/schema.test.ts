import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { ABORT_EARLY, JOB_KEYS, jobSpec, parseGiven } from "../../../src/core/job/schema.js";

/** Values of which each key takes some and refuses others. */
const value = fc.constantFrom<unknown>(
  ...["x", "a\0b", "", "5m", "bury", "skip", "fixed", "\ud800", "2030-01-31T08:00:00Z"],
  ...[0, 1, -1, 0.5, 7, 1e10, true, null, undefined],
  ...[["x"], ["a", "b"], [1, 2], [0], [], [{ job: "a", when: "ok" }], { A: 1, B: true, C: "x" }, { "A B": "1" }, {}],
);
const key = fc.constantFrom(...JOB_KEYS, "comand", "__proto__", "toString");
const description = fc
  .tuple(fc.array(fc.tuple(key, value), { maxLength: 6 }), fc.boolean())
  .map(([entries, isComplete]) => Object.fromEntries(isComplete ? [["command", "x"], ...entries] : entries));

describe("parseGiven", () => {
  it("makes of a description what the whole schema makes of it, or null if that refuses it or a key is unknown", () => {
    let taken = 0;
    fc.assert(
      fc.property(description, (input) => {
        const whole = v.safeParse(jobSpec, input, ABORT_EARLY);
        const isKnown = Object.keys(input).every((name) => JOB_KEYS.includes(name));
        const given = parseGiven(input);
        if (given !== null) taken++;
        expect(given).toStrictEqual(whole.success && isKnown ? whole.output : null);
      }),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
