/** The two spellings of a job's description. `tsc` holds the hand-written type to the schema; the rest runs. */
import { describe, expect, it } from "vitest";
import { UsageError } from "../../../src/core/errors.js";
import { JSON_KEYS, type JsonKey, KEY_IN_LIBRARY, type LibraryKey, type UNITS } from "../../../src/core/job/keys.js";
import { JOB_KEYS, type JobSpecJson } from "../../../src/core/job/schema.js";
import type { PolicySpecJson } from "../../../src/core/retry/spec.js";
import type { JobSpec } from "../../../src/index.js";
import { fromJson, inLibrarySpelling, toJson } from "../../../src/queue/jobs/spelling.js";
import type { PolicyChanges } from "../../../src/queue/policies.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends Date
    ? T
    : T extends object
      ? { -readonly [Key in keyof T]-?: Plain<Exclude<T[Key], undefined>> }
      : T;

/** What a key is in the library, by its unit. */
type InLibrary<Key extends LibraryKey, Value> = Key extends keyof typeof UNITS
  ? (typeof UNITS)[Key] extends "time"
    ? number | string | Date
    : number
  : Value;
type FromSchema = {
  [Key in LibraryKey]: InLibrary<Key, Exclude<JobSpecJson[(typeof JSON_KEYS)[Key]], undefined>>;
};

/** None of these compiles if the library's type and the schema say different things. */
const sameKeys: Same<JsonKey, keyof JobSpecJson> = true;
const sameValues: Same<Plain<JobSpec>, Plain<FromSchema>> = true;
const required: Same<
  { [Key in keyof JobSpec]-?: undefined extends JobSpec[Key] ? never : Key }[keyof JobSpec],
  "command"
> = true;
const samePolicyKeys: Same<(typeof JSON_KEYS)[keyof PolicyChanges], keyof PolicySpecJson> = true;

it("has each key of the schema, once", () => {
  expect([sameKeys, sameValues, required, samePolicyKeys]).toEqual([true, true, true, true]);
  expect(Object.values(JSON_KEYS).toSorted()).toEqual(JOB_KEYS.toSorted());
  expect(KEY_IN_LIBRARY.size).toBe(JOB_KEYS.length);
});

describe("a description of the library", () => {
  it("is the same in JSON, and back", () => {
    const spec = { command: ["a"], timeoutMs: 1500, memoryBytes: 5_000_000, retryOn: [1], onUnmet: "hold" };
    const json = { command: ["a"], timeout: "1500ms", memory: 5_000_000, retry_on: [1], on_unmet: "hold" };
    expect(toJson(spec, "job")).toEqual(json);
    expect(fromJson(json)).toEqual(spec);
  });

  it("takes a time as a number, a Date or a text, and leaves out what is undefined", () => {
    const iso = "2030-01-31T08:00:00.000Z";
    for (const runAt of [Date.parse(iso), new Date(iso), iso]) {
      expect(toJson({ command: "x", runAt, queue: undefined }, "job")).toEqual({ command: "x", run_at: iso });
    }
  });

  it.each([
    [{ timeoutMs: "5m" }, '"timeoutMs" is "5m": it must be a whole number of milliseconds'],
    [{ memoryBytes: 1.5 }, '"memoryBytes" is 1.5: it must be a whole number of bytes'],
    [{ runAt: new Date("x") }, '"runAt" is Invalid Date'],
    [{ maxRetires: 3 }, 'a job has no key "maxRetires"'],
  ])("refuses %j", (spec, message) => {
    expect(() => toJson(spec, "job")).toThrow(message);
  });

  it("names the key that was meant, also if it is JSON's", () => {
    const hintOf = (spec: object) => {
      try {
        return toJson(spec, "job");
      } catch (error) {
        return (error as UsageError).hint;
      }
    };
    expect(hintOf({ maxRetires: 3 })).toBe("did you mean maxRetries?");
    expect(hintOf({ memory: 3 })).toBe("did you mean memoryBytes?");
  });
});

it("says errors about keys of JSON in the library's keys", () => {
  const told = (message: string) => (inLibrarySpelling(new UsageError(message)) as Error).message;
  expect(told('"max_retries" is 0: it must be at least 1')).toBe('"maxRetries" is 0: it must be at least 1');
  expect(told('"run_at" and "delay" both say when to run')).toBe('"runAt" and "delayMs" both say when to run');
  expect(told('"retry_on" has the exit code 1, which "no_retry_on" has too')).toBe(
    '"retryOn" has the exit code 1, which "noRetryOn" has too',
  );
});
