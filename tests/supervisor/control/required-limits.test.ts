import { expect, it } from "vitest";
import { limitsOf } from "../../../src/system/process/limits.js";
import { checkLimits } from "../../../supervisor/control/required-limits.js";

const limit = (name: string, soft: number, hard = soft) => new Map([[name, { soft, hard }]]);
const SMALL = { count: 1, concurrency: 1 };

it("is content with no limits, and with the ones of this test", () => {
  checkLimits(SMALL, new Map());
  checkLimits({ count: 4, concurrency: 4 }, limitsOf("self"));
});

it("takes the hard limit of open files, which Node makes the soft one", () => {
  checkLimits(SMALL, limit("Max open files", 20, 4096));
  checkLimits({ count: 6, concurrency: 1 }, limit("Max open files", 63));
  expect(() => checkLimits({ count: 7, concurrency: 1 }, limit("Max open files", 63))).toThrow(
    /limited to 63 here.*64/,
  );
  expect(() => checkLimits({ count: 1, concurrency: 7 }, limit("Max open files", 63))).toThrow(
    /limited to 63 here.*64/,
  );
});

it("takes the limit of processes for every user but root", () => {
  checkLimits(SMALL, limit("Max processes", 5), 0);
  checkLimits(SMALL, limit("Max processes", 27), 1000);
  expect(() => checkLimits(SMALL, limit("Max processes", 26), 1000)).toThrow(/ulimit -u.* need 27/);
});
