import { describe, expect, it } from "vitest";
import { describeOutcome, exitCodeOf, OUTCOME_KINDS, type Outcome, signalOf } from "../../../src/core/job/outcome.js";

const CASES: readonly [Outcome, number | null, string | null, string | null][] = [
  [{ kind: "succeeded" }, 0, null, null],
  [{ kind: "failed", exitCode: 3 }, 3, null, "exited with code 3"],
  [{ kind: "failed", exitCode: 127 }, 127, null, "exited with code 127 (command not found)"],
  [{ kind: "failed", exitCode: 126 }, 126, null, "exited with code 126 (command not executable)"],
  [{ kind: "failed", exitCode: 141 }, 141, null, "exited with code 141 (128 + SIGPIPE)"],
  [{ kind: "failed", exitCode: 255 }, 255, null, "exited with code 255"],
  [{ kind: "killed", signal: "SIGKILL" }, 137, "SIGKILL", "killed by SIGKILL"],
  [{ kind: "killed", signal: "SIGTERM" }, 143, "SIGTERM", "killed by SIGTERM"],
  [{ kind: "timed-out", timeoutMs: 1500 }, 124, null, "timed out after 1.5 s"],
  [{ kind: "timed-out", timeoutMs: 994, limit: "deadline" }, 124, null, "timed out: its deadline was over"],
  [{ kind: "timed-out", timeoutMs: 5000, limit: "job" }, 124, null, "timed out after 5 s, its own limit"],
  [{ kind: "timed-out", timeoutMs: 5000, limit: "policy" }, 124, null, "timed out after 5 s, the limit of its policy"],
  [
    { kind: "timed-out", timeoutMs: 300_000, limit: "setting" },
    124,
    null,
    "timed out after 300 s, the limit of job-timeout; --timeout gives a job its own",
  ],
  [
    { kind: "not-started", message: "no such directory", transient: false },
    null,
    null,
    "could not start: no such directory",
  ],
  [{ kind: "cancelled", reason: null }, null, null, "cancelled"],
  [{ kind: "cancelled", reason: "wrong input" }, null, null, "cancelled: wrong input"],
  [{ kind: "interrupted" }, null, null, "interrupted by a shutdown"],
  [{ kind: "lost", message: "its worker died" }, null, null, "lost: its worker died"],
];

describe("an outcome", () => {
  it.each(CASES)("%j has its exit code, signal and sentence", (outcome, exitCode, signal, sentence) => {
    expect(exitCodeOf(outcome)).toBe(exitCode);
    expect(signalOf(outcome)).toBe(signal);
    expect(describeOutcome(outcome)).toBe(sentence);
  });

  it("of every kind is among these cases", () => {
    expect(new Set(CASES.map(([{ kind }]) => kind))).toEqual(new Set(OUTCOME_KINDS));
  });
});
