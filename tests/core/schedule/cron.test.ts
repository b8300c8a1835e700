import { describe, expect, it } from "vitest";
import { parseCron } from "../../../src/core/schedule/cron.js";

describe("an expression", () => {
  it.each([
    ["*/5 * * * *", "0 */5 * * * *", true],
    ["  0   5 * * *  ", "0 0 5 * * *", false],
    ["0 */2 * * *", "0 0 */2 * * *", true],
    ["0 0-23/2 * * MON-FRI", "0 0 0-23/2 * * MON-FRI", false],
    ["30 4 L JAN,jul 7", "0 30 4 L JAN,jul 7", false],
    ["0 9 * * FRI#2", "0 0 9 * * FRI#2", false],
    ["@daily", "0 0 0 * * *", false],
    ["@Hourly", "0 0 * * * *", true],
    ["@weekly", "0 0 0 * * 0", false],
  ])("%j is %j", (text, pattern, everyHour) => {
    expect(parseCron(text, false)).toEqual({ pattern, everyHour });
  });

  it("has six fields if it begins with seconds", () => {
    expect(parseCron("*/10 0 2 * * *", true)).toEqual({ pattern: "*/10 0 2 * * *", everyHour: false });
    expect(parseCron("@hourly", true).pattern).toBe("0 0 * * * *");
  });

  it.each<[string, RegExp]>([
    ["61 * * * *", /^--cron, minute field: 61 is not between 0 and 59$/],
    ["0 24 * * *", /^--cron, hour field: 24 is not between 0 and 23$/],
    ["0 0 0 * *", /^--cron, day field: 0 is not between 1 and 31$/],
    ["0 0 32 * *", /^--cron, day field: 32 /],
    ["0 0 1,5,40 * *", /^--cron, day field: 40 /],
    ["0 0 * 13 *", /^--cron, month field: 13 is not between 1 and 12$/],
    ["0 0 * * 8", /^--cron, weekday field: 8 is not between 0 and 7$/],
    ["a * * * *", /^--cron, minute field: "a" cannot be read$/],
    ["*/0 * * * *", /^--cron, minute field: "\*\/0" cannot be read$/],
    ["0 22-4 * * *", /^--cron, hour field: "22-4" cannot be read$/],
    ["0 0 1,, * *", /^--cron, day field: "1,," cannot be read$/],
    ["0 0 * JANN *", /^--cron, month field: "JANN" cannot be read$/],
    ["* * *", /^--cron has 3 fields; it must have 5: minute hour day month weekday$/],
    ["* * * * * *", /^--cron has 6 fields, which is one too many$/],
    ["* * * * * * *", /^--cron has 7 fields; it must have 5/],
    [" ", /^--cron is empty$/],
    ["@reboot", /^--cron has no macro "@reboot"$/],
    ["@every 5m", /^--cron has no macro "@every 5m"$/],
  ])("%j is refused", (text, message) => {
    expect(() => parseCron(text, false)).toThrow(
      expect.objectContaining({ code: "usage", message: expect.stringMatching(message) }),
    );
  });

  it("is refused with five fields where seconds were promised", () => {
    expect(() => parseCron("* * * * *", true)).toThrow(/^--cron has 5 fields; with --seconds it must have 6$/);
    expect(() => parseCron("60 * * * * *", true)).toThrow(/^--cron, second field: 60 is not between 0 and 59$/);
  });
});
