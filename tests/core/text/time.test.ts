import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isoTime, parseTime } from "../../../src/core/text/time.js";

describe("parseTime", () => {
  it.each([
    ["2030-01-31T08:00:00Z", Date.UTC(2030, 0, 31, 8)],
    ["2030-01-31t08:00:00.250z", Date.UTC(2030, 0, 31, 8, 0, 0, 250)],
    ["2030-01-31T08:00:00+02:00", Date.UTC(2030, 0, 31, 6)],
    ["2030-01-31 08:00Z", Date.UTC(2030, 0, 31, 8)],
    ["2030-01-31 08:00", new Date(2030, 0, 31, 8).getTime()],
    ["2030-01-31 08:00:05", new Date(2030, 0, 31, 8, 0, 5).getTime()],
    ["2028-02-29 08:00", new Date(2028, 1, 29, 8).getTime()],
  ])("reads %s", (text, ms) => expect(parseTime(text, "x")).toBe(ms));

  it.each(["", "tomorrow", "2030-01-31", "2030-02-30 08:00", "2030-02-31T08:00:00Z", "2030-13-01 08:00", "1700000000"])(
    "refuses %j",
    (text) => expect(() => parseTime(text, "--run-at")).toThrow(/^--run-at is .*, which is not a time$/),
  );

  it("reads back what isoTime writes", () => {
    const years = { min: new Date("1970-01-01"), max: new Date("9999-12-31"), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(years), (date) => {
        expect(parseTime(isoTime(date.getTime()), "x")).toBe(date.getTime());
      }),
    );
  });
});
