import { expect, it } from "vitest";
import { showText } from "../../src/cli/render/job.js";
import { resolveConfig } from "../../src/config/config.js";
import { type Attempt, toJob } from "../../src/queue/jobs/job.js";
import { someJob } from "../support/job.js";

function attempt(number: number): Attempt {
  return {
    jobId: "j",
    attempt: number,
    fence: number,
    workerId: "w",
    pid: 1,
    startedAt: 0,
    finishedAt: 1,
    outcome: "failed",
    exitCode: 1,
    signal: null,
    error: null,
    result: null,
    resultJson: null,
    stdoutBytes: 0,
    stderrBytes: 0,
  };
}

async function shown(count: number): Promise<string[]> {
  const attempts = Array.from({ length: count }, (_, index) => attempt(index + 1));
  const relations = { after: [], dependents: [], more: false };
  const text = await showText({
    job: toJob(someJob(), resolveConfig({})),
    attempts,
    relations,
    tails: { stdout: "", stderr: "", absence: null },
    now: 2,
  });
  return text.split("\n");
}

it("shows all of fifty attempts, and of ten thousand the newest fifty and how many are left out", async () => {
  const numbers = (lines: string[]) =>
    lines.filter((line) => line.includes("failed")).map((line) => parseInt(line, 10));
  const few = await shown(50);
  expect(numbers(few)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  expect(few.join("\n")).not.toContain("earlier");
  const many = await shown(10_000);
  expect(numbers(many)).toEqual(Array.from({ length: 50 }, (_, index) => 9951 + index));
  expect(many).toContain("… (9950 earlier attempts: queuectl show j --json has all)");
});
