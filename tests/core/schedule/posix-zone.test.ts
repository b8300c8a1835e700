import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCron } from "../../../src/core/schedule/cron.js";
import { posixOffset, readPosixZone } from "../../../src/core/schedule/posix-zone.js";
import { ticksBetween } from "../../../src/core/schedule/ticks.js";
import { firstInstant, wallTime, zonedTime } from "../../../src/core/schedule/zone.js";

const ms = (text: string) => Date.parse(text);

/** Rules that say the same as the zone of that name has said since 2008. */
const SAME = [
  ["CET-1CEST,M3.5.0,M10.5.0/3", "Europe/Berlin"],
  ["EST5EDT,M3.2.0,M11.1.0", "America/New_York"],
  ["NST3:30NDT,M3.2.0,M11.1.0", "America/St_Johns"],
  ["AEST-10AEDT,M10.1.0,M4.1.0/3", "Australia/Sydney"],
  ["<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "Australia/Lord_Howe"],
  ["IST-1GMT0,M10.5.0,M3.5.0/1", "Europe/Dublin"],
  ["JST-9", "Asia/Tokyo"],
  ["<+0545>-5:45", "Asia/Kathmandu"],
  ["UTC0", "UTC"],
] as const;

describe("a zone in the notation of POSIX", () => {
  it.each(SAME)("%s shows the time of %s", (rule, name) => {
    const moments = fc.integer({ min: ms("2012-01-01T00:00Z"), max: ms("2037-01-01T00:00Z") });
    fc.assert(fc.property(moments, (at) => wallTime(at, rule) === wallTime(at, name)));
    for (const at of ["2026-03-29T01:00Z", "2026-10-25T01:00Z", "2026-03-08T07:00Z", "2026-11-01T06:00Z"].map(ms)) {
      for (const near of [at - 1, at, at + 1]) expect(wallTime(near, rule)).toBe(wallTime(near, name));
      for (const hour of [0, 1, 2, 3]) {
        const wall = Math.floor(at / 86_400_000) * 86_400_000 + hour * 3_600_000 + 1_800_000;
        expect(firstInstant(wall, rule)).toBe(firstInstant(wall, name));
      }
    }
  });

  it.each(SAME)("%s has the schedules of %s", (rule, name) => {
    for (const cron of ["30 * * * *", "*/20 */2 * * *", "30 2 * * *"]) {
      for (const [from, to] of [
        ["2026-03-07T00:00Z", "2026-04-06T00:00Z"],
        ["2026-10-03T00:00Z", "2026-11-02T00:00Z"],
      ] as const) {
        const ticks = (zone: string) => ticksBetween({ ...parseCron(cron, false), zone }, ms(from), ms(to));
        expect(ticks(rule)).toEqual(ticks(name));
      }
    }
  });

  it("counts days of the year with and without 29 February", () => {
    const hour = 3_600_000;
    for (const [rule, day] of [
      ["AAA0BBB,J60/0,J300/0", "2028-03-01T00:00Z"],
      ["AAA0BBB,59/0,300/0", "2028-02-29T00:00Z"],
    ] as const) {
      const zone = readPosixZone(rule);
      if (zone === null) throw new Error(rule);
      expect([posixOffset(zone, ms(day) - 1), posixOffset(zone, ms(day))]).toEqual([0, hour]);
    }
  });

  it("is shown with its offset", () => {
    expect(zonedTime(ms("2030-07-01T00:00Z"), "CET-1CEST,M3.5.0,M10.5.0/3")).toBe("2030-07-01T02:00:00+02:00");
  });

  it.each(["", "Mars/X", "CET-1CEST", "CET", "E5", "UTC25", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.5.0", "5"])(
    "is not %j",
    (text) => expect(readPosixZone(text)).toBeNull(),
  );
});
