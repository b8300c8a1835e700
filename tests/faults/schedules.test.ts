/** The supervisor dies while it fires a schedule, with the job already written or the tick already recorded. */
import { existsSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox("dist-faults");
});
afterEach(() => box.dispose());

const seconds = () => box.lines("witness").map((line) => Date.parse(line) / 1000);

it.each(["mid-firing", "fired-unannounced"])("%s: the tick has one job all the same", async (name) => {
  const marker = box.file("marker");
  const flags = ["--seconds", "--cron", "* * * * * *", "--overlap", "allow", "--catchup", "all"];
  await box.ok("schedule", "add", "s", ...flags, "--command", 'echo "$QUEUECTL_SCHEDULED_AT" >> witness');
  box.env.QUEUECTL_FAILPOINT = `${name}:supervisor:${marker}`;
  // It may die before it can say that it is ready.
  await box.start(["worker", "start"]).exited;
  expect(existsSync(marker)).toBe(true);
  await box.supervisor();
  await waitFor("more ticks", () => seconds().length >= 3);
  await box.ok("schedule", "pause", "s");
  await waitFor("all jobs to end", async () => {
    const { jobs } = await box.json<{ jobs: { total: number; completed: number } }>("status");
    return jobs.total === jobs.completed && jobs.total === seconds().length;
  });
  const times = seconds().sort((a, b) => a - b);
  expect(times).toEqual(times.map((_, n) => (times[0] as number) + n));
});
