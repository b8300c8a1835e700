/** What the exercise asks a job queue to show, with real processes started from several terminals. */
import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Sandbox } from "../support/sandbox.js";
import type { JobJson, ShownJob } from "../support/shown-job.js";
import { waitFor } from "../support/wait-for.js";

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox();
});
afterEach(() => box.dispose());

const TERMINALS = 4;
const startEverywhere = () => Promise.all(Array.from({ length: TERMINALS }, () => box.supervisor()));
const status = () => box.json<{ jobs: Record<string, number>; pools: { pid: number }[] }>("status");
const ended = (count: number) =>
  waitFor("all to complete", async () => (await status()).jobs.completed === count, 60_000);

async function enqueueAll(jobs: readonly object[]): Promise<void> {
  const file = box.file("jobs.ndjson");
  writeFileSync(file, jobs.map((job) => `${JSON.stringify(job)}\n`).join(""));
  await box.ok("enqueue", "--file", file);
}

/** Seconds between the end of each attempt and the start of the next one. */
function waits({ history }: ShownJob): number[] {
  return history.slice(1).map(({ started_at }, n) => {
    const before = history[n]?.finished_at;
    return (Date.parse(started_at) - Date.parse(before ?? "")) / 1000;
  });
}

it("a job completes; a failing one is tried again after 2, 4 and 8 seconds, and is dead then", {
  timeout: 60_000,
}, async () => {
  await box.supervisor();
  await box.ok("enqueue", '{"id":"job1","command":"echo Hello World"}');
  await box.ok("enqueue", '{"id":"fails","command":"exit 3","max_retries":4}');
  const done = await box.reaches("job1", "completed");
  expect(done.stdout).toBe("Hello World\n");
  const dead = await waitFor(
    "the job to be dead",
    async () => {
      const job = await box.show("fails");
      return job.state === "dead" && job;
    },
    40_000,
  );
  expect(dead).toMatchObject({ attempts: 4, exit_code: 3 });
  [2, 4, 8].forEach((seconds, n) => {
    expect(waits(dead)[n]).toBeGreaterThanOrEqual(seconds);
    expect(waits(dead)[n]).toBeLessThan(2 * seconds);
  });
  expect((await box.json<JobJson[]>("dlq", "list")).map(({ id }) => id)).toEqual(["fails"]);
});

it("300 jobs run exactly once each, by workers started from four terminals at once", { timeout: 120_000 }, async () => {
  await enqueueAll(Array.from({ length: 300 }, (_, n) => ({ id: `j${n}`, command: `echo j${n} >> ran` })));
  await startEverywhere();
  await ended(300);
  expect(box.lines("ran").sort()).toEqual(Array.from({ length: 300 }, (_, n) => `j${n}`).sort());
  expect((await status()).pools).toHaveLength(TERMINALS);
  const jobs = await box.json<JobJson[]>("list", "--limit", "0");
  expect(jobs.filter(({ attempts }) => attempts !== 1)).toEqual([]);
});

it("everything that is killed with -9 in mid-job completes within 60 s of the next start", {
  timeout: 120_000,
}, async () => {
  // Long before the kill, and short after it.
  const command = "echo x >> began; [ -e again ] || sleep 1000";
  await enqueueAll(Array.from({ length: 6 }, (_, n) => ({ id: `j${n}`, command })));
  const starts = await startEverywhere();
  await waitFor("every worker to be in mid-job", () => box.lines("began").length === TERMINALS);
  const workers = await box.json<{ pid: number }[]>("worker", "list");
  for (const { pid } of [...starts, ...workers]) process.kill(pid, "SIGKILL");
  for (const { exited } of starts) await exited;

  writeFileSync(box.file("again"), "");
  await startEverywhere();
  await ended(6);
  const outcomes = async (id: string) => (await box.show(id)).history.map(({ outcome }) => outcome);
  for (const id of ["j0", "j1", "j2", "j3"]) expect(await outcomes(id)).toEqual(["lost", "succeeded"]);
  for (const id of ["j4", "j5"]) expect(await outcomes(id)).toEqual(["succeeded"]);
});

it("everything survives a restart: what waits, what is scheduled, what is dead, and what was done", async () => {
  const job = (id: string, more: object = {}) => ({ id, command: "echo done", ...more });
  await enqueueAll([job("done"), job("dead", { command: "exit 1", max_retries: 1 })]);
  const first = await box.supervisor();
  await box.reaches("done", "completed");
  await box.reaches("dead", "dead");
  await box.ok("worker", "stop");
  expect(await first.exited).toBe(0);
  await enqueueAll([job("waits"), job("later", { delay: 3600 })]);
  const before = await box.json<JobJson[]>("list", "--limit", "0");
  expect(before.map(({ state }) => state)).toEqual(["completed", "dead", "pending", "pending"]);

  await box.supervisor();
  await box.reaches("waits", "completed");
  const after = await box.json<JobJson[]>("list", "--limit", "0");
  expect(after.filter(({ id }) => id !== "waits")).toEqual(before.filter(({ id }) => id !== "waits"));
  expect((await box.show("done")).stdout).toBe("done\n");
});
