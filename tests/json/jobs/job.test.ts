import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandText } from "../../../src/core/job/command.js";
import type { Attempt, ResolvedJob } from "../../../src/core/job/job.js";
import { attemptToJson } from "../../../src/json/jobs/attempt.js";
import { jobToJson } from "../../../src/json/jobs/job.js";
import { flatten, toAttempt } from "../../../src/queue/jobs/job.js";

const job: ResolvedJob = {
  id: "job1",
  command: ["echo", "it's", "a b"],
  state: "failed",
  queue: "default",
  priority: 0,
  attempts: 1,
  maxRetries: 3,
  timeoutMs: 300_000,
  backoffBase: 2,
  cwd: "/",
  env: { A: "1" },
  tags: ["x"],
  runAt: 2000,
  createdAt: 0,
  updatedAt: 1500,
  startedAt: 1000,
  finishedAt: null,
  exitCode: 1,
  signal: null,
  lastError: "exited with code 1",
  result: '{"rows": 3}',
  progress: 40,
  progressMessage: "half way",
  workerId: "w1",
  fence: 1,
  interruptions: 0,
  losses: 0,
  uniqueKey: "nightly",
  limitKey: "disk",
  limit: 2,
  deadlineMs: 1000,
  deadlineAt: 3000,
  onUnmet: "bury",
  options: {
    policy: "api",
    retry: { backoff: "fixed", backoffMaxMs: 9000, jitter: 0.5, snoozeOn: [75], snoozeDelayMs: 60_000 },
    resources: { nice: 5, memoryBytes: 1024 },
  },
  own: {
    ...{ maxRetries: null, timeoutMs: 300_000, backoffBase: 2 },
    retry: { backoff: "fixed", jitter: 0.5, snoozeOn: [75], snoozeDelayMs: 60_000 },
  },
};

describe("a job as JSON", () => {
  it("has the contract's keys, times in ISO-8601 and what enqueue reads in its units", () => {
    expect(jobToJson(flatten(job))).toEqual({
      id: "job1",
      command: ["echo", "it's", "a b"],
      state: "failed",
      queue: "default",
      priority: 0,
      attempts: 1,
      max_retries: 3,
      exit_code: 1,
      signal: null,
      last_error: "exited with code 1",
      worker_id: "w1",
      run_at: "1970-01-01T00:00:02.000Z",
      created_at: "1970-01-01T00:00:00.000Z",
      updated_at: "1970-01-01T00:00:01.500Z",
      started_at: "1970-01-01T00:00:01.000Z",
      finished_at: null,
      duration_ms: null,
      timeout: 300,
      backoff_base: 2,
      cwd: "/",
      env: { A: "1" },
      tags: ["x"],
      unique: "nightly",
      limit_key: "disk",
      limit: 2,
      on_unmet: "bury",
      deadline: 1,
      deadline_at: "1970-01-01T00:00:03.000Z",
      result: { rows: 3 },
      progress: 40,
      progress_message: "half way",
      schedule: null,
      scheduled_at: null,
      policy: "api",
      backoff: "fixed",
      backoff_max: 9,
      jitter: 0.5,
      retry_on: null,
      no_retry_on: null,
      snooze_on: [75],
      snooze_delay: 60,
      nice: 5,
      memory: 1024,
      cpu_time: null,
      inherited: { max_retries: 3, backoff_max: 9 },
    });
  });

  it("says which schedule it is of, and for when", () => {
    const scheduled = { ...job, options: { schedule: { name: "backup", at: 1500 } } };
    expect(jobToJson(flatten(scheduled))).toMatchObject({
      schedule: "backup",
      scheduled_at: "1970-01-01T00:00:01.500Z",
    });
  });

  it("counts a running attempt up to now", () => {
    const attempt: Attempt = {
      jobId: "job1",
      attempt: 2,
      fence: 9,
      outcome: null,
      exitCode: null,
      signal: null,
      error: null,
      workerId: "w1",
      pid: null,
      startedAt: 1000,
      finishedAt: null,
      result: null,
      stdoutBytes: 0,
      stderrBytes: 0,
    };
    expect(attemptToJson(toAttempt(attempt), 3500)).toMatchObject({ attempt: 2, outcome: null, duration_ms: 2500 });
    expect(attemptToJson(toAttempt({ ...attempt, finishedAt: 1200 }), 3500)).toMatchObject({ duration_ms: 200 });
  });
});

describe("commandText", () => {
  it("keeps a command for the shell as it is", () => expect(commandText("a | b 'c'")).toBe("a | b 'c'"));

  it("quotes a list so that a shell reads the same words", () => {
    const word = fc.string({ unit: "binary", maxLength: 20 }).filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const printed = execFileSync("/bin/sh", ["-c", `printf '%s\\0' ${commandText(words)}`]);
        expect(printed).toEqual(Buffer.from(words.map((text) => `${text}\0`).join("")));
      }),
      { numRuns: 50 },
    );
  });
});
