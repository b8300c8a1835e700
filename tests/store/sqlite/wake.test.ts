/**
 * How often a process looks for what others wrote. Time is the test's own, so it passes only between two facts; changes of
 * the file are real.
 */
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { WakeUps } from "../../../src/store/sqlite/wake.js";
import { temporaryHome } from "./harness.js";

/** A look after a change costs a wake-up of the process, in each of them, for each heartbeat. */
const MOST_LOOKS = 5;
/** Longer than the looks after a change go on. Milliseconds. */
const LONG = 10_000;

let home: Awaited<ReturnType<typeof temporaryHome>>;
let database: Sqlite.Database;
let other: Sqlite.Database;
let wakeUps: WakeUps;
let looks: number;
let woken: number;

beforeEach(async () => {
  home = await temporaryHome();
  other = new Sqlite(home.path);
  other.pragma("journal_mode = wal");
  other.exec("CREATE TABLE t (n)");
  looks = 0;
  woken = 0;
  database = new Sqlite(home.path);
  const counted = new Proxy(database, {
    get(target, name) {
      // Asked for once in each look.
      if (name === "inTransaction") looks += 1;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  // A connection opens its files with the first statement.
  database.pragma("data_version");
  wakeUps = new WakeUps(counted);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(async () => {
  vi.useRealTimers();
  wakeUps.close();
  for (const opened of [database, other]) opened.close();
  await home.remove();
});

const listen = () => wakeUps.on(() => void woken++);
const write = () => other.exec("INSERT INTO t VALUES (1)");
/** One turn of the loop after the other, which is when changes of the file arrive. */
const arrival = async (isThere: () => boolean) => {
  for (let turns = 0; !isThere(); turns++) {
    if (turns > 100_000) throw new Error("the change of the file was never seen");
    await new Promise((turn) => setImmediate(turn));
  }
};
/** The looks that follow a change, in an instant. Returns their number. */
async function looksAfter(change: () => void): Promise<number> {
  const before = looks;
  change();
  await arrival(() => vi.getTimerCount() > 0);
  vi.advanceTimersByTime(LONG);
  return looks - before;
}

it("looks only a few times after a write, and not at all without one", async () => {
  listen();
  vi.advanceTimersByTime(LONG);
  const first = looks;
  vi.advanceTimersByTime(3_600_000);
  expect(looks).toBe(first);
  woken = 0;
  expect(await looksAfter(write)).toBeLessThanOrEqual(MOST_LOOKS);
  expect(woken).toBe(1);
});

it("looks no more often for a process that listens anew each time that it was woken", async () => {
  const again = () => {
    const stop = wakeUps.on(() => {
      woken += 1;
      stop();
      again();
    });
  };
  again();
  vi.advanceTimersByTime(LONG);
  woken = 0;
  expect(await looksAfter(write)).toBeLessThanOrEqual(MOST_LOOKS);
  expect(woken).toBe(1);
});

it("tells a process that listens anew what was written meanwhile, however long nothing was", async () => {
  const stop = listen();
  vi.advanceTimersByTime(LONG);
  stop();
  woken = 0;
  write();
  listen();
  await arrival(() => vi.getTimerCount() > 0);
  vi.advanceTimersByTime(LONG);
  expect(woken).toBe(1);
});

it("is not woken by the writes that nothing listens for, and learns of them when it listens", async () => {
  const stop = listen();
  vi.advanceTimersByTime(LONG);
  stop();
  const before = looks;
  for (let n = 0; n < 10; n++) {
    write();
    await new Promise((turn) => setImmediate(turn));
    vi.advanceTimersByTime(LONG);
  }
  expect(looks).toBe(before);
  woken = 0;
  listen();
  vi.advanceTimersByTime(LONG);
  expect(woken).toBe(1);
});
