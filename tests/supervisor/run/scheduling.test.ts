/** The supervisor's part in schedules, with a clock that jumps. */
import Sqlite from "better-sqlite3";
import pino from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Clock } from "../../../src/core/clock.js";
import type { Catchup } from "../../../src/core/schedule/schedule.js";
import { ScheduleBook } from "../../../src/queue/schedule-book.js";
import type { Store } from "../../../src/store/contract/store.js";
import { openSqliteStore } from "../../../src/store/sqlite/store.js";
import { Scheduling } from "../../../supervisor/run/scheduling.js";
import { temporaryHome } from "../../store/sqlite/harness.js";
import { waitFor } from "../../support/wait-for.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Its wall time stands still but for the jumps; its monotonic time does not know of them. */
class JumpingClock implements Clock {
  #wall = Date.parse("2030-01-01T12:00:30Z");
  now = () => this.#wall;
  monotonic = () => 1000;
  jump(ms: number): void {
    this.#wall += ms;
  }
}

let clock: JumpingClock;
let home: Awaited<ReturnType<typeof temporaryHome>>;
let store: Store;
/** As another process has it, whose writes wake the supervisor. */
let other: Store;
let scheduling: Scheduling;

beforeEach(async () => {
  clock = new JumpingClock();
  home = await temporaryHome();
  store = await openSqliteStore({ ...home, clock });
  other = await openSqliteStore({ ...home, clock });
  scheduling = new Scheduling({ store, log: pino({ level: "silent" }) });
});
afterEach(async () => {
  await scheduling.stop();
  for (const opened of [store, other]) await opened.close();
  await home.remove();
});

async function add(name: string, cron: string, catchup: Catchup = "latest"): Promise<void> {
  await new ScheduleBook(other).add({ name, cron, catchup, zone: "UTC", overlap: "allow", job: { command: "x" } });
}

const times = async (name: string) =>
  (await other.schedules.ticks(name, 2000)).map(({ at }) => new Date(at).toISOString());
const next = async (name: string) => (await other.schedules.get(name))?.nextAt ?? 0;
let wakes = 0;
/** A value that is there already would be no write to SQLite. */
const wake = () => other.settings.set("retention", `${++wakes}d`);

it("wakes when a schedule is added, and fires it when it is due", async () => {
  scheduling.start();
  await add("a", "1 12 * * *");
  expect(await times("a")).toEqual([]);
  clock.jump(30_000);
  await wake();
  await waitFor("the tick", async () => (await times("a")).length > 0);
  expect(await times("a")).toEqual(["2030-01-01T12:01:00.000Z"]);
  expect(await next("a")).toBe(Date.parse("2030-01-02T12:01:00Z"));
});

it("takes a clock that jumps forward for time that was missed", async () => {
  for (const catchup of ["none", "latest", "all"] as const) await add(catchup, "*/10 * * * *", catchup);
  scheduling.start();
  clock.jump(30 * DAY + 5 * 60_000);
  await wake();
  const arrived = async () => (await Promise.all(["none", "latest", "all"].map(next))).every((at) => at > clock.now());
  await waitFor("all to have moved on", arrived);
  expect(await times("none")).toEqual([]);
  expect(await times("latest")).toEqual(["2030-01-31T12:00:00.000Z"]);
  expect((await other.jobs.counts()).pending).toBe(1001);
});

it("does not wait for a time that a clock has been put back from", async () => {
  await add("a", "*/10 * * * *");
  scheduling.start();
  clock.jump(DAY);
  await wake();
  await waitFor("a tick of tomorrow", async () => (await times("a")).length > 0);
  clock.jump(-DAY);
  await wake();
  const soon = Date.parse("2030-01-01T12:10:00Z");
  await waitFor("the next tick to be soon", async () => (await next("a")) === soon);
  clock.jump(10 * 60_000);
  await wake();
  await waitFor("the tick of today", async () => (await times("a")).includes("2030-01-01T12:10:00.000Z"));
});

it("sets right at its start what a clock that was ahead has left", async () => {
  clock.jump(DAY);
  await add("a", "*/10 * * * *");
  clock.jump(-DAY);
  scheduling.start();
  await waitFor("the next tick to be soon", async () => (await next("a")) - clock.now() < HOUR);
});

it("fires the others when it cannot fire one", async () => {
  for (const name of ["a", "b"]) await add(name, "*/10 * * * *");
  const raw = new Sqlite(home.path);
  raw.exec("UPDATE schedules SET cron = 'nonsense' WHERE name = 'a'");
  raw.close();
  clock.jump(10 * 60_000);
  scheduling.start();
  await waitFor("the tick of the other", async () => (await times("b")).length > 0);
  expect(await times("a")).toEqual([]);
});
