import { describe, expect, it } from "vitest";
import { checkZone, firstInstant, wallTime, zonedTime } from "../../../src/core/schedule/zone.js";

const ms = (text: string) => Date.parse(text);

describe("a time zone", () => {
  it.each([
    ["Europe/Berlin", "Europe/Berlin"],
    ["europe/berlin", "Europe/Berlin"],
    ["UTC", "UTC"],
    ["Asia/Kolkata", "Asia/Kolkata"],
  ])("%s is known as %s", (typed, name) => expect(checkZone(typed)).toBe(name));

  it.each([
    ["Europe/Berln", "did you mean Europe/Berlin?"],
    ["Berlin", "did you mean Europe/Berlin?"],
    ["new york", "did you mean America/New_York?"],
    ["Middle/Earth", "give a name such as Europe/Berlin or UTC"],
    ["+02:00", "give a name such as Europe/Berlin or UTC"],
    ["", "give a name such as Europe/Berlin or UTC"],
  ])("%j is refused", (typed, hint) => {
    expect(() => checkZone(typed)).toThrow(
      expect.objectContaining({ code: "usage", message: `--tz: there is no time zone ${JSON.stringify(typed)}`, hint }),
    );
  });
});

describe("the clock on the wall", () => {
  it.each([
    ["2026-03-29T00:59:59.250Z", "Europe/Berlin", "2026-03-29T01:59:59.250Z"],
    ["2026-03-29T01:00:00Z", "Europe/Berlin", "2026-03-29T03:00:00Z"],
    ["2026-10-03T15:30:00Z", "Australia/Lord_Howe", "2026-10-04T02:30:00Z"],
    ["2026-12-31T23:59:59Z", "Asia/Kolkata", "2027-01-01T05:29:59Z"],
    ["2026-01-01T00:00:00Z", "America/New_York", "2025-12-31T19:00:00Z"],
  ])("at %s in %s", (at, zone, wall) => expect(wallTime(ms(at), zone)).toBe(ms(wall)));

  it.each([
    ["an ordinary time", "2026-07-01T12:00:00Z", "Europe/Berlin", "2026-07-01T10:00:00Z"],
    ["one that is left out, when it has been", "2026-03-29T02:30:00Z", "Europe/Berlin", "2026-03-29T01:00:00Z"],
    ["one that comes twice, the first time", "2026-10-25T02:30:00Z", "Europe/Berlin", "2026-10-25T00:30:00Z"],
    ["half an hour left out", "2026-10-04T02:10:00Z", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
    ["half an hour twice", "2026-04-05T01:45:00Z", "Australia/Lord_Howe", "2026-04-04T14:45:00Z"],
    ["midnight left out", "2026-09-06T00:00:00Z", "America/Santiago", "2026-09-06T04:00:00Z"],
    ["a whole day left out", "2011-12-30T12:00:00Z", "Pacific/Apia", "2011-12-30T10:00:00Z"],
  ])("first shows: %s", (_, wall, zone, at) => expect(firstInstant(ms(wall), zone)).toBe(ms(at)));

  it("is written with its distance from UTC", () => {
    expect(zonedTime(ms("2026-07-01T10:00:00Z"), "Europe/Berlin")).toBe("2026-07-01T12:00:00+02:00");
    expect(zonedTime(ms("2026-07-01T10:00:00Z"), "America/St_Johns")).toBe("2026-07-01T07:30:00-02:30");
    expect(zonedTime(ms("2026-07-01T10:00:00Z"), "UTC")).toBe("2026-07-01T10:00:00+00:00");
  });
});
