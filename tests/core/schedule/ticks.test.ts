/** When a schedule is due, above all where clocks are put forward or back. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCron } from "../../../src/core/schedule/cron.js";
import { newestTicks, nextTick, type Timetable, ticksBetween } from "../../../src/core/schedule/ticks.js";
import { wallTime, zonedTime } from "../../../src/core/schedule/zone.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const ms = (text: string) => Date.parse(text);

function timetable(cron: string, zone = "UTC", seconds = false): Timetable {
  return { ...parseCron(cron, seconds), zone };
}

/** The ticks between, as the clocks there show them: `02:30+01:00`. */
function shown(cron: string, zone: string, from: string, to: string): string[] {
  return ticksBetween(timetable(cron, zone), ms(from), ms(to)).map((tick) =>
    zonedTime(tick, zone).slice(11).replace(":00+", "+").replace(":00-", "-"),
  );
}

const BERLIN_FORWARD = ["Europe/Berlin", "2026-03-29T00:00:00+01:00", "2026-03-29T05:00:00+02:00"] as const;
const BERLIN_BACK = ["Europe/Berlin", "2026-10-25T01:00:00+02:00", "2026-10-25T04:00:00+01:00"] as const;
const NEW_YORK_FORWARD = ["America/New_York", "2026-03-08T00:00:00-05:00", "2026-03-08T05:00:00-04:00"] as const;
const NEW_YORK_BACK = ["America/New_York", "2026-11-01T00:00:00-04:00", "2026-11-01T03:00:00-05:00"] as const;
const HOWE_FORWARD = ["Australia/Lord_Howe", "2026-10-04T01:00:00+10:30", "2026-10-04T04:00:00+11:00"] as const;
const HOWE_BACK = ["Australia/Lord_Howe", "2026-04-05T01:00:00+11:00", "2026-04-05T03:00:00+10:30"] as const;

describe("a schedule that names its hours", () => {
  it.each([
    ["30 2 * * *", BERLIN_FORWARD, ["03:00+02:00"]],
    ["0,20,40 2 * * *", BERLIN_FORWARD, ["03:00+02:00"]],
    ["15,45 2,3 * * *", BERLIN_FORWARD, ["03:00+02:00", "03:15+02:00", "03:45+02:00"]],
    ["0 2,3 * * *", BERLIN_FORWARD, ["03:00+02:00"]],
    ["30 2 * * *", BERLIN_BACK, ["02:30+02:00"]],
    ["*/30 2 * * *", BERLIN_BACK, ["02:00+02:00", "02:30+02:00"]],
    ["0 1-4 * * *", BERLIN_BACK, ["01:00+02:00", "02:00+02:00", "03:00+01:00", "04:00+01:00"]],
    ["30 2 * * *", NEW_YORK_FORWARD, ["03:00-04:00"]],
    ["30 1 * * *", NEW_YORK_BACK, ["01:30-04:00"]],
    ["15 2 * * *", HOWE_FORWARD, ["02:30+11:00"]],
    ["45 1 * * *", HOWE_BACK, ["01:45+11:00"]],
    ["30 2 * * *", HOWE_BACK, ["02:30+10:30"]],
  ] as const)("%s, %j: each time once, what is left out at the end of the gap", (cron, [zone, from, to], ticks) => {
    expect(shown(cron, zone, from, to)).toEqual(ticks);
  });
});

describe("a schedule for every hour", () => {
  it.each([
    ["0 * * * *", BERLIN_FORWARD, ["00:00+01:00", "01:00+01:00", "03:00+02:00", "04:00+02:00", "05:00+02:00"]],
    ["0 * * * *", BERLIN_BACK, ["01:00+02:00", "02:00+02:00", "02:00+01:00", "03:00+01:00", "04:00+01:00"]],
    ["0 * * * *", NEW_YORK_BACK, ["00:00-04:00", "01:00-04:00", "01:00-05:00", "02:00-05:00", "03:00-05:00"]],
    [
      "*/30 * * * *",
      HOWE_BACK,
      ["01:00+11:00", "01:30+11:00", "01:30+10:30", "02:00+10:30", "02:30+10:30", "03:00+10:30"],
    ],
    [
      "*/30 * * * *",
      HOWE_FORWARD,
      ["01:00+10:30", "01:30+10:30", "02:30+11:00", "03:00+11:00", "03:30+11:00", "04:00+11:00"],
    ],
  ] as const)("%s, %j: goes by the time that passes", (cron, [zone, from, to], ticks) => {
    expect(shown(cron, zone, from, to)).toEqual(ticks);
  });

  it.each([BERLIN_FORWARD, BERLIN_BACK, HOWE_FORWARD, HOWE_BACK])(
    "a quarter of an hour stays one: %s %s",
    (zone, from, to) => {
      const ticks = ticksBetween(timetable("*/15 * * * *", zone), ms(from), ms(to));
      const gaps = ticks.slice(1).map((tick, index) => tick - (ticks[index] as number));
      expect(new Set(gaps)).toEqual(new Set([15 * MINUTE]));
    },
  );
});

describe("the next tick", () => {
  it.each([
    ["* * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"],
    ["* * * * *", "2026-01-01T00:00:59.999Z", "2026-01-01T00:01:00Z"],
    ["0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"],
    ["0 0 1 1 *", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"],
    ["0 12 13 * FRI", "2026-01-01T00:00:00Z", "2026-01-02T12:00:00Z"],
  ])("of %s after %s", (cron, after, next) => expect(nextTick(timetable(cron), ms(after))).toBe(ms(next)));

  it("is none for a day that no year has", () => {
    expect(nextTick(timetable("0 0 31 2 *", "Europe/Berlin"), ms("2026-01-01T00:00:00Z"))).toBeNull();
    expect(nextTick(timetable("0 * 31 4,6 *", "Europe/Berlin"), ms("2026-01-01T00:00:00Z"))).toBeNull();
  });

  it("has seconds where the expression has them", () => {
    const ticks = ticksBetween(
      timetable("*/20 0 2 * * *", "UTC", true),
      ms("2026-01-01T02:00:00Z"),
      ms("2026-01-01T03:00:00Z"),
    );
    expect(ticks.map((tick) => new Date(tick).getUTCSeconds())).toEqual([0, 20, 40]);
  });
});

describe("the newest ticks", () => {
  const to = ms("2026-06-01T12:00:30Z");

  it("are the last of all", () => {
    for (const [cron, from] of [
      ["*/7 * * * *", to - 2 * DAY],
      ["0 3 * * *", to - 40 * DAY],
      ["* * * * *", to - 10 * MINUTE],
    ] as const) {
      const all = ticksBetween(timetable(cron), from, to);
      for (const limit of [1, 10, 1000])
        expect(newestTicks(timetable(cron), from, to, limit)).toEqual(all.slice(-limit));
    }
  });

  it("of ten years of seconds are a thousand", () => {
    const ticks = newestTicks(timetable("* * * * * *", "UTC", true), to - 3650 * DAY, to, 1000);
    expect([ticks.length, ticks[0], ticks.at(-1)]).toEqual([1000, to - 999_000, to]);
  });

  it("may be none", () => {
    expect(newestTicks(timetable("0 0 1 1 *"), to - 30 * DAY, to, 5)).toEqual([]);
  });
});

describe("any schedule, around any change of any clock", () => {
  /** What a small part of the language means, known apart from the code that is tested. */
  const MINUTES = {
    "*": () => true,
    "*/15": (n: number) => n % 15 === 0,
    "0": is(0),
    "30": is(30),
    "5,40": is(5, 40),
    "10-20/5": is(10, 15, 20),
  };
  const HOURS = {
    "*": () => true,
    "*/2": (n: number) => n % 2 === 0,
    "2": is(2),
    "1-3": is(1, 2, 3),
    "0,23": is(0, 23),
    "0-23/2": (n: number) => n % 2 === 0,
  };
  /** Days on which clocks change, in UTC. */
  const CHANGES: readonly (readonly [string, string])[] = [
    ["Europe/Berlin", "2026-03-29"],
    ["Europe/Berlin", "2026-10-25"],
    ["America/New_York", "2026-03-08"],
    ["America/New_York", "2026-11-01"],
    ["Australia/Lord_Howe", "2026-10-03"],
    ["Australia/Lord_Howe", "2026-04-04"],
    ["America/Santiago", "2026-09-06"],
    ["America/Santiago", "2026-04-05"],
    ["Europe/Dublin", "2026-10-25"],
    ["Asia/Kolkata", "2026-05-05"],
    ["Pacific/Apia", "2011-12-30"],
  ];

  it("has exactly the ticks of the rule", () => {
    const key = <T extends object>(of: T) => fc.constantFrom(...(Object.keys(of) as (keyof T & string)[]));
    fc.assert(
      fc.property(
        fc.constantFrom(...CHANGES),
        key(MINUTES),
        key(HOURS),
        fc.integer({ min: -18, max: 0 }),
        ([zone, day], minute, hour, hours) => {
          const from = ms(`${day}T00:00:00Z`) + hours * 60 * MINUTE + 1;
          const to = from + 1.5 * DAY;
          const matches = (wall: number) => {
            const date = new Date(wall);
            return MINUTES[minute](date.getUTCMinutes()) && HOURS[hour](date.getUTCHours());
          };
          const expected = hour.startsWith("*") ? byTime(zone, from, to, matches) : byClock(zone, from, to, matches);
          expect(ticksBetween(timetable(`${minute} ${hour} * * *`, zone), from, to)).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  function is(...wanted: number[]): (n: number) => boolean {
    return (n) => wanted.includes(n);
  }

  function* minutes(from: number, to: number): Generator<number> {
    for (let at = Math.ceil(from / MINUTE) * MINUTE; at <= to; at += MINUTE) yield at;
  }

  function byTime(zone: string, from: number, to: number, matches: (wall: number) => boolean): number[] {
    return [...minutes(from, to)].filter((at) => matches(wallTime(at, zone)));
  }

  /** Each time that no clock has shown yet, or that it has just passed over. */
  function byClock(zone: string, from: number, to: number, matches: (wall: number) => boolean): number[] {
    const ticks: number[] = [];
    let latest = wallTime(from - DAY, zone);
    for (const at of minutes(from - DAY, to)) {
      const wall = wallTime(at, zone);
      if (wall > latest && [...minutes(latest + 1, wall)].some(matches) && at >= from) ticks.push(at);
      latest = Math.max(latest, wall);
    }
    return ticks;
  }
});
