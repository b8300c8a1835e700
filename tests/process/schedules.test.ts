/** Schedules with a real supervisor and a real clock: each tick once, whatever dies, and what follows a time without one. */

import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { identityOf } from "../../src/system/process/identity.js";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox();
});
afterEach(() => box.dispose());

/** A job that writes down the time that it is for. */
const WITNESS = 'echo "$QUEUECTL_SCHEDULE $QUEUECTL_SCHEDULED_AT" >> witness';
const everySecond = (name: string, ...flags: string[]) =>
  box.ok(
    "schedule",
    "add",
    name,
    "--seconds",
    "--cron",
    "* * * * * *",
    "--overlap",
    "allow",
    ...flags,
    "--command",
    WITNESS,
  );

/** The seconds that the jobs of a schedule were for, in order; NaN if one is not a time. */
const seconds = (name: string) =>
  box
    .lines("witness")
    .filter((line) => line.startsWith(`${name} `))
    .map((line) => Date.parse(line.slice(name.length + 1)) / 1000)
    .sort((a, b) => a - b);

const withoutGapOrDouble = (times: readonly number[]) => times.map((_, n) => (times[0] as number) + n);

it("fires every second, also a schedule that was added while it slept, until it is paused", async () => {
  const supervisor = await box.supervisor();
  await everySecond("tick");
  await waitFor("three ticks", () => seconds("tick").length >= 3);
  await box.ok("schedule", "pause", "tick");
  const { last_job: last } = await box.json<{ last_job: string }>("schedule", "show", "tick");
  expect(await box.reaches(last, "completed")).toMatchObject({ schedule: "tick" });
  const jobs = await box.json<unknown[]>("list", "--limit", "0");
  expect(seconds("tick")).toEqual(withoutGapOrDouble(seconds("tick")));
  expect(seconds("tick").length).toBe(jobs.length);
  expect(supervisor.stderr).toContain("schedule tick, ");
});

it("fires each tick once while the supervisor is killed again and again", async () => {
  await everySecond("tick", "--catchup", "all");
  await box.ok("worker", "start", "--detach", "--count", "2");
  const supervisor = async () => {
    const { supervisor } = await box.json<{ supervisor: { pid: number | null } }>("status");
    return supervisor.pid ?? 0;
  };
  for (const more of [2, 4, 6]) {
    await waitFor(`${more} ticks`, () => seconds("tick").length >= more);
    const killed = await supervisor();
    process.kill(killed, "SIGKILL");
    await waitFor("a new supervisor", async () => {
      const pid = await supervisor();
      return pid !== 0 && pid !== killed && identityOf(pid) !== null;
    });
  }
  await waitFor("more ticks", () => seconds("tick").length >= 9);
  await box.ok("schedule", "pause", "tick");
  await waitFor("all jobs to end", async () => {
    const { jobs } = await box.json<{ jobs: { total: number; completed: number } }>("status");
    return jobs.total === jobs.completed;
  });
  expect(seconds("tick")).toEqual(withoutGapOrDouble(seconds("tick")));
});

/** A schedule whose next tick, of one an hour, was so many hours and a half ago. */
async function forgotten(name: string, hours: number, ...flags: string[]): Promise<void> {
  const minute = (new Date().getUTCMinutes() + 30) % 60;
  await box.ok("schedule", "add", name, "--tz", "UTC", "--cron", `${minute} * * * *`, ...flags, "--command", WITNESS);
  const database = new Sqlite(join(box.home, "queuectl.db"));
  database.prepare("UPDATE schedules SET next_at = next_at - ? * 3600000 WHERE name = ?").run(hours + 1, name);
  database.close();
}

it("makes up for what it has missed as the schedule wants it", async () => {
  await forgotten("none", 5, "--catchup", "none");
  await forgotten("latest", 5);
  await forgotten("all", 5, "--catchup", "all");
  await box.supervisor();
  const upToDate = async () => {
    const schedules = await box.json<{ next_at: string }[]>("schedule", "list");
    return schedules.every(({ next_at: next }) => Date.parse(next) > Date.now());
  };
  await waitFor("all to have moved on", upToDate);
  await waitFor("all jobs to end", () => seconds("all").length === 6 && seconds("latest").length === 1);
  const hours = seconds("all").map((at) => Math.round((Date.now() / 1000 - at) / 3600 - 0.5));
  expect(hours).toEqual([5, 4, 3, 2, 1, 0]);
  expect(seconds("latest")).toEqual([seconds("all").at(-1)]);
  expect(seconds("none")).toEqual([]);
  // One after another: what was missed was not skipped, and not run all at once.
  expect(box.lines("witness").filter((line) => line.startsWith("all"))).toEqual(
    box
      .lines("witness")
      .filter((line) => line.startsWith("all"))
      .sort(),
  );
});

it("leaves it to a supervisor that stays: a drain makes no work for itself", async () => {
  await forgotten("a", 2);
  await box.ok("enqueue", "--id", "job1", "--command", "true");
  await box.ok("worker", "start", "--drain");
  await box.ok("worker", "start", "--once");
  expect((await box.json<{ id: string }[]>("list")).map(({ id }) => id)).toEqual(["job1"]);
});
