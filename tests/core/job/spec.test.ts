import { describe, expect, it } from "vitest";
import { QueuectlError } from "../../../src/core/errors.js";
import { NO_OPTIONS } from "../../../src/core/job/options.js";
import { prepareJob } from "../../../src/core/job/spec.js";
import { newJobId } from "../../../src/system/random-id.js";

const NOW = 1_000_000;
const prepare = (spec: unknown) => prepareJob(spec, { cwd: "/work", now: NOW, newId: newJobId });

describe("prepareJob", () => {
  it("fills in what is left out", () => {
    const { id, ...rest } = prepare({ command: "true" });
    expect(id).toMatch(/^[a-z0-9]{12}$/);
    expect(rest).toEqual({
      command: "true",
      queue: "default",
      priority: 0,
      maxRetries: null,
      timeoutMs: null,
      backoffBase: null,
      cwd: "/work",
      env: {},
      tags: [],
      runAt: null,
      deadlineMs: null,
      ref: null,
      after: [],
      onUnmet: "bury",
      options: NO_OPTIONS,
      uniqueKey: null,
      onConflict: "reject",
      limitKey: null,
      limit: null,
    });
  });

  it("takes every key", () => {
    const spec = {
      id: "job1",
      command: ["printf", "%s", ""],
      max_retries: 5,
      priority: -2,
      queue: "gpu",
      delay: "5m",
      timeout: 0,
      backoff_base: 1.5,
      cwd: "sub",
      env: { A: "1", B: 2, C: true },
      tags: ["x", "y", "x"],
      deadline: "2h",
      ref: "extract",
      after: ["a", "b:fail", "c:d", "e:any", { job: "f:ok" }],
      on_unmet: "hold",
      unique: "nightly backup",
      on_conflict: "skip",
      limit_key: "disk",
      limit: 2,
    };
    expect(prepare(spec)).toEqual({
      id: "job1",
      command: ["printf", "%s", ""],
      queue: "gpu",
      priority: -2,
      maxRetries: 5,
      timeoutMs: 0,
      backoffBase: 1.5,
      cwd: "/work/sub",
      env: { A: "1", B: "2", C: "true" },
      tags: ["x", "y"],
      runAt: NOW + 300_000,
      deadlineMs: 7_200_000,
      ref: "extract",
      after: [
        { job: "a", when: "ok" },
        { job: "b", when: "fail" },
        { job: "c:d", when: "ok" },
        { job: "e", when: "any" },
        { job: "f:ok", when: "ok" },
      ],
      onUnmet: "hold",
      options: NO_OPTIONS,
      uniqueKey: "nightly backup",
      onConflict: "skip",
      limitKey: "disk",
      limit: 2,
    });
    expect(prepare({ command: "x", run_at: "2030-01-01T00:00:00Z" }).runAt).toBe(Date.UTC(2030, 0, 1));
    expect(prepare({ command: "x", cwd: "/elsewhere" }).cwd).toBe("/elsewhere");
  });

  it.each<[unknown, RegExp, RegExp?]>([
    [null, /not null/],
    ["echo", /not a string/],
    [[], /not a list/],
    [7, /not a number/],
    [{}, /^"command" is missing$/, /"command"/],
    [{ command: "x", after: [5] }, /^"after.*must be a list of jobs/],
    [{ command: "x", after: [""] }, /^"after" names no job/],
    [{ command: "x", after: [{ job: "a", when: "done" }] }, /^"after/],
    [{ command: "x", on_unmet: "wait" }, /^"on_unmet" is "wait": it must be bury or hold/],
    [{ command: "x", unique: "" }, /^"unique" is "": it must not be empty/],
    [{ command: "x", unique: "k".repeat(201) }, /^"unique" is .*at most 200 characters/],
    [{ command: "x", unique: "k", on_conflict: "ignore" }, /must be skip, replace, reject/],
    [{ command: "x", limit_key: "k" }, /^"limit_key" and "limit" belong together/],
    [{ command: "x", limit: 1 }, /^"limit_key" and "limit" belong together/],
    [
      { command: "x", limit_key: "_k", limit: 1 },
      /^"limit_key" is "_k": it begins with _, which is reserved for internal keys/,
    ],
    [{ command: "x", limit_key: "k", limit: 0 }, /^"limit" is 0: it must be at least 1/],
    [{ command: "x", deadline: 0 }, /^"deadline" is 0/],
    [{ command: null }, /^"command" is null/],
    [{ command: 5 }, /^"command" is 5: it must be a string, or a list of strings/],
    [{ command: "" }, /^"command" is empty/],
    [{ command: "  \n" }, /^"command" is empty/],
    [{ command: [] }, /^"command" is \[\]: it /],
    [{ command: "x", on_completed: [] }, /^"on_completed" is \[\]: it must name a program/],
    [{ command: "x", on_completed: "none" }, /^"on_completed" is none: a job has only the hooks that it is given/],
    [{ command: [""] }, /^"command" is empty/],
    [{ command: ["a", 1] }, /^"command/],
    [{ command: "a\0b" }, /NUL/],
    [{ command: "x".repeat(125 * 1024) }, /"command" is 125 KiB long; the longest allowed is 120 KiB/, /script/],
    [{ command: ["x", "y".repeat(125 * 1024)] }, /"command" is 126 KiB/],
    [{ command: [] }, /^"command" is \[\]: it must name a program$/],
    [{ command: [1] }, /^"command" is \[1\]: it must be a string, or a list of strings$/],
    [{ command: "x", max_retires: 3 }, /^a job has no key "max_retires"$/, /did you mean max_retries\?/],
    [{ command: "x", comand: "y" }, /^a job has no key "comand"$/, /did you mean command\?/],
    [{ command: "x", zzz: 1 }, /^a job has no key "zzz"$/, /known: id, command/],
    [{ command: "x", constructor: 1 }, /^a job has no key "constructor"$/],
    [JSON.parse('{"command":"x","__proto__":1}'), /^a job has no key "__proto__"$/],
    [{ command: "x", id: 5 }, /^"id" is 5: it must be a string/],
    [{ command: "x", id: "a/b" }, /the id "a\/b" cannot name a job/],
    [{ command: "x", id: "a\nb" }, /cannot name a job/],
    [{ command: "x", max_retries: 0 }, /^"max_retries" is 0: it must be at least 1/],
    [{ command: "x", max_retries: 1.5 }, /^"max_retries" is 1.5: it must be a whole number/],
    [{ command: "x", max_retries: -1 }, /^"max_retries" is -1/],
    [{ command: "x", max_retries: "5" }, /^"max_retries" is "5": it must be a number/],
    [{ command: "x", priority: 0.5 }, /^"priority" is 0.5/],
    [{ command: "x", queue: "a b" }, /the queue name "a b" is not valid/],
    [{ command: "x", timeout: -1 }, /^"timeout" is -1, which is not a duration/],
    [{ command: "x", timeout: "soon" }, /^"timeout" is "soon", which is not a duration/],
    [{ command: "x", delay: {} }, /^"delay" is an object: it must be a duration/],
    [{ command: "x", run_at: "soon" }, /^"run_at" is "soon", which is not a time/],
    [{ command: "x", run_at: 5 }, /^"run_at" is 5: it must be a time/],
    [{ command: "x", run_at: "2030-01-01 08:00", delay: 5 }, /^"run_at" and "delay" both say when to run/],
    [{ command: "x", backoff_base: -1 }, /^"backoff_base" is -1/],
    [{ command: "x", cwd: "a\0" }, /^"cwd".*NUL/],
    [{ command: "x", env: [] }, /^"env"/],
    [{ command: "x", env: "A=1" }, /^"env" is "A=1": it must be an object of names and texts$/],
    [{ command: "x", env: { A: null } }, /^"env.A" is null/],
    [{ command: "x", env: { "A B": "1" } }, /^"env.A B" is "A B": it must be a name/],
    [{ command: "x", env: { A: "a\0b" } }, /^"env.A".*NUL/],
    [{ command: "x", env: { A: "x".repeat(130 * 1024) } }, /^"env" holds 13\d KiB/],
    [{ command: "x", tags: "a" }, /^"tags" is "a"/],
    [{ command: "x", tags: ["a b"] }, /the tag name "a b" is not valid/],
  ])("refuses %j", (spec, message, hint) => {
    const error = failureOf(() => prepare(spec));
    expect(error).toBeInstanceOf(QueuectlError);
    expect((error as QueuectlError).exitCode).toBe(2);
    expect((error as QueuectlError).message).toMatch(message);
    if (hint) expect((error as QueuectlError).hint).toMatch(hint);
  });

  it("asks for the current directory only if the job does not name its own", () => {
    const lost = {
      now: NOW,
      newId: newJobId,
      get cwd(): string {
        throw new Error("it is gone");
      },
    };
    expect(prepareJob({ command: "x", cwd: "/tmp/./a" }, lost).cwd).toBe("/tmp/a");
    expect(() => prepareJob({ command: "x", cwd: "a" }, lost)).toThrow("it is gone");
  });

  it("takes a command just short of the limit", () => {
    expect(prepare({ command: "x".repeat(120 * 1024) }).command).toHaveLength(120 * 1024);
  });
});

describe("what few jobs ask for", () => {
  it("is kept together, and is nothing where it is left out", () => {
    const { options } = prepare({
      ...{ command: "true", policy: "api", nice: -5, memory: "2G", cpu_time: "10m" },
      ...{ backoff: "fixed", backoff_max: "1m", jitter: 0.5, retry_on: [1, 1, 7], no_retry_on: [2], snooze_on: [75] },
      ...{ snooze_delay: "5m", max_retries: 4, backoff_base: 1, timeout: 9 },
    });
    expect(options).toEqual({
      policy: "api",
      retry: {
        ...{ backoff: "fixed", backoffMaxMs: 60_000, jitter: 0.5 },
        ...{ retryOn: [1, 7], noRetryOn: [2], snoozeOn: [75], snoozeDelayMs: 300_000 },
      },
      resources: { nice: -5, memoryBytes: 2 * 1024 ** 3, cpuTimeMs: 600_000 },
    });
    expect(prepare({ command: "true", max_retries: 4, backoff_base: 1, timeout: 9 }).options).toBe(NO_OPTIONS);
  });

  it.each<[object, string]>([
    [{ retry_on: [0] }, '"retry_on.0" is 0: it is success, which is neither tried again nor final'],
    [{ no_retry_on: [1, 256] }, '"no_retry_on.1" is 256: it must be an exit code, 1 to 255'],
    [{ snooze_on: [1.5] }, '"snooze_on.0" is 1.5: it must be an exit code, 1 to 255'],
    [{ retry_on: [] }, '"retry_on" is []: it must name an exit code'],
    [{ retry_on: 1 }, '"retry_on" is 1: it must be a list of exit codes'],
    [{ retry_on: [1, 75], snooze_on: [75] }, '"snooze_on" has the exit code 75, which "retry_on" has too'],
    [{ no_retry_on: [2], retry_on: [2] }, '"no_retry_on" has the exit code 2, which "retry_on" has too'],
    [{ backoff: "linear" }, '"backoff" is "linear": it must be exponential or fixed'],
    [{ backoff: 2 }, '"backoff" is 2: it must be exponential or fixed, and "backoff_base" has the number'],
    [{ jitter: 1.1 }, '"jitter" is 1.1: it must be at most 1'],
    [{ backoff_max: "soon" }, '"backoff_max" is "soon", which is not a duration'],
    [{ policy: "a b" }, 'the policy name "a b" is not valid'],
    [{ nice: 20 }, '"nice" is 20: it must be at most 19'],
    [{ memory: "lots" }, '"memory" is "lots", which is not a size'],
    [{ memory: "1M" }, '"memory" is "1M", too little for any command'],
    [{ cpu_time: 0.5 }, '"cpu_time" is 0.5'],
    [{ cpu_time: 0 }, '"cpu_time" is 0'],
  ])("refuses %j", (keys, message) => {
    expect(() => prepare({ command: "true", ...keys })).toThrow(message);
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
