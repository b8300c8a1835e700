import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide as decideAt, MAX_INTERRUPTIONS } from "../../../src/core/job/decide.js";
import { NO_OPTIONS } from "../../../src/core/job/options.js";
import type { Outcome } from "../../../src/core/job/outcome.js";
import { allows } from "../../../src/core/job/state.js";
import { type RetryOptions, SNOOZE_MS } from "../../../src/core/retry/policy.js";

const policy = { maxRetries: 3, backoff: { base: 2, maxMs: 3_600_000, jitter: 0 } };
const first = { attempts: 1, maxRetries: null, backoffBase: null, interruptions: 0, losses: 0 };
const NOW = 1_000_000;
const decide = (
  job:
    | typeof first
    | (Omit<typeof first, "maxRetries" | "backoffBase"> & { maxRetries: number | null; backoffBase: number | null }),
  outcome: Outcome,
  retry: typeof policy,
  random?: () => number,
) =>
  decideAt({ deadlineAt: null, options: NO_OPTIONS, ...job }, outcome, retry, { now: NOW, ...(random && { random }) });
const failed: Outcome = { kind: "failed", exitCode: 1 };
const lost: Outcome = { kind: "lost", message: "its worker died" };
const short: Outcome = { kind: "not-started", message: "EAGAIN", transient: true };

describe("decide", () => {
  it("completes what succeeded and cancels what was cancelled", () => {
    expect(decide(first, { kind: "succeeded" }, policy)).toEqual({ event: "complete", delayMs: 0 });
    expect(decide(first, { kind: "cancelled", reason: null }, policy)).toEqual({ event: "cancel", delayMs: 0 });
  });

  it.each<Outcome>([
    failed,
    { kind: "killed", signal: "SIGKILL" },
    { kind: "timed-out", timeoutMs: 5 },
    { kind: "not-started", message: "no such directory", transient: false },
  ])("retries $kind with backoff while attempts are left, then buries", (outcome) => {
    expect(decide(first, outcome, policy)).toEqual({ event: "retry", delayMs: 2000 });
    expect(decide({ ...first, attempts: 2 }, outcome, policy)).toEqual({ event: "retry", delayMs: 4000 });
    expect(decide({ ...first, attempts: 3 }, outcome, policy)).toEqual({ event: "bury", delayMs: 0 });
  });

  it("goes by the job's own numbers before the configured ones", () => {
    expect(decide({ ...first, maxRetries: 1 }, failed, policy).event).toBe("bury");
    expect(decide({ ...first, attempts: 3, maxRetries: 5 }, failed, policy).event).toBe("retry");
    expect(decide({ ...first, backoffBase: 0 }, failed, policy).delayMs).toBe(0);
  });

  it("retries a first loss at once, the next in a row with backoff, and buries a job that keeps killing its worker", () => {
    expect(decide(first, lost, policy)).toEqual({ event: "retry", delayMs: 0 });
    expect(decide({ ...first, attempts: 2, losses: 1 }, lost, policy)).toEqual({ event: "retry", delayMs: 4000 });
    expect(decide({ ...first, attempts: 3, losses: 2 }, lost, policy)).toEqual({ event: "bury", delayMs: 0 });
  });

  it("gives back what was interrupted, without end only up to a limit", () => {
    expect(decide({ ...first, attempts: 3 }, { kind: "interrupted" }, policy)).toEqual({
      event: "release",
      delayMs: 0,
    });
    const worn = { ...first, interruptions: MAX_INTERRUPTIONS - 1 };
    expect(decide(worn, { kind: "interrupted" }, policy).event).toBe("bury");
  });

  it("does not try again after an exit code that is said to be final", () => {
    const options = { retry: { noRetryOn: [78] } };
    const after = (outcome: Outcome) =>
      decideAt({ ...first, deadlineAt: null, options }, outcome, policy, { now: NOW });
    expect(after({ kind: "failed", exitCode: 78 })).toEqual({ event: "bury", delayMs: 0 });
    expect(after({ kind: "failed", exitCode: 1 }).event).toBe("retry");
  });

  it("does not try again what could only begin after its deadline", () => {
    const until = (ms: number, outcome: Outcome) =>
      decideAt({ ...first, options: NO_OPTIONS, deadlineAt: NOW + ms }, outcome, policy, { now: NOW });
    expect(until(2001, failed)).toEqual({ event: "retry", delayMs: 2000 });
    expect(until(2000, failed)).toEqual({ event: "bury", delayMs: 0 });
    expect(until(-1, { kind: "interrupted" }).event).toBe("bury");
    const asksForLater = { options: { retry: { snoozeOn: [1] } } };
    const snooze = (ms: number) =>
      decideAt({ ...first, ...asksForLater, deadlineAt: NOW + ms }, failed, policy, { now: NOW });
    expect(snooze(SNOOZE_MS + 1).event).toBe("release");
    expect(snooze(SNOOZE_MS).event).toBe("bury");
    expect(until(-1, { kind: "succeeded" }).event).toBe("complete");
    expect(until(-1, { kind: "cancelled", reason: null }).event).toBe("cancel");
  });

  it("waits a little when the machine was short of something, without charging the job", () => {
    expect(decide({ ...first, attempts: 3 }, short, policy)).toEqual({ event: "release", delayMs: 1000 });
  });

  it("goes by the exit code where the job, or the policy that it has, says what one means", () => {
    const decideFor = (retry: RetryOptions, exitCode: number, attempts = 1) =>
      decideAt({ ...first, attempts, deadlineAt: null, options: { retry } }, { kind: "failed", exitCode }, policy, {
        now: NOW,
      });
    expect(decideFor({ retryOn: [1, 75] }, 75).event).toBe("retry");
    expect(decideFor({ retryOn: [1, 75] }, 2)).toEqual({ event: "bury", delayMs: 0 });
    expect(decideFor({ noRetryOn: [2] }, 2)).toEqual({ event: "bury", delayMs: 0 });
    expect(decideFor({ noRetryOn: [2] }, 3).event).toBe("retry");
    expect(decideFor({ snoozeOn: [75] }, 75, 3)).toEqual({ event: "release", delayMs: 60_000 });
    expect(decideFor({ snoozeOn: [75], snoozeDelayMs: 5 }, 75)).toEqual({ event: "release", delayMs: 5 });
    expect(decideFor({ retryOn: [1] }, 1, 3)).toEqual({ event: "bury", delayMs: 0 });
  });

  it("snoozes for ever, and however often it was interrupted", () => {
    const worn = { ...first, interruptions: MAX_INTERRUPTIONS - 1, deadlineAt: null };
    const job = { ...worn, options: { retry: { snoozeOn: [75] } } };
    expect(decideAt(job, { kind: "failed", exitCode: 75 }, policy, { now: NOW }).event).toBe("release");
  });

  it.each<Outcome>([
    { kind: "killed", signal: "SIGKILL" },
    { kind: "timed-out", timeoutMs: 5 },
    { kind: "not-started", message: "no such directory", transient: false },
    lost,
  ])("does not take $kind for an exit code", (outcome) => {
    const lists = [{ retryOn: [1] }, { noRetryOn: [124, 137] }, { snoozeOn: [124, 137] }];
    for (const retry of lists) {
      const job = { ...first, deadlineAt: null, options: { retry } };
      expect(decideAt(job, outcome, policy, { now: NOW }).event).toBe("retry");
    }
  });

  it("waits as the job says", () => {
    const wait = (retry: RetryOptions, attempts: number, random = 0) => {
      const job = { ...first, attempts, maxRetries: 100, deadlineAt: null, options: { retry } };
      return decideAt({ ...job, backoffBase: 5 }, failed, policy, { now: NOW, random: () => random }).delayMs;
    };
    expect([1, 2, 3].map((n) => wait({}, n))).toEqual([5000, 25_000, 125_000]);
    expect([1, 2, 3].map((n) => wait({ backoff: "fixed" }, n))).toEqual([5000, 5000, 5000]);
    expect(wait({ backoffMaxMs: 7000 }, 3)).toBe(7000);
    expect(wait({ backoff: "fixed", jitter: 0.5 }, 3)).toBe(2500);
  });

  it("never retries beyond the last attempt, and always chooses what the state table allows", () => {
    const outcome = fc.constantFrom<Outcome>(failed, lost, short, { kind: "interrupted" }, { kind: "succeeded" });
    const job = fc.record({
      attempts: fc.integer({ min: 1, max: 20 }),
      maxRetries: fc.option(fc.integer({ min: 1, max: 20 })),
      backoffBase: fc.option(fc.double({ min: 0, max: 10, noNaN: true })),
      interruptions: fc.nat(20),
      losses: fc.nat(20),
    });
    fc.assert(
      fc.property(job, outcome, (given, how) => {
        const { event, delayMs } = decide(given, how, policy);
        expect(allows(event, "processing")).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        if (event === "retry") expect(given.attempts).toBeLessThan(given.maxRetries ?? policy.maxRetries);
        if (event === "release") expect(given.interruptions + 1).toBeLessThan(MAX_INTERRUPTIONS);
      }),
    );
  });
});
