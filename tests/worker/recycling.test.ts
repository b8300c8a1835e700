import { describe, expect, it } from "vitest";
import { jobsLeft, reasonToLeave } from "../../src/worker/recycling.js";

const MIB = 1024 ** 2;
const never = () => {
  throw new Error("nobody needs to know");
};

describe("a worker", () => {
  it("stays for ever without limits, and does not look at its memory", () => {
    const limits = { maxJobs: null, maxRssBytes: null };
    expect(jobsLeft(limits, 1e9)).toBe(Number.POSITIVE_INFINITY);
    expect(reasonToLeave(limits, 1e9, never)).toBeNull();
  });

  it("leaves when it has run as many jobs as it may, and starts no more", () => {
    const limits = { maxJobs: 3, maxRssBytes: null };
    expect([0, 2, 3, 4].map((ran) => jobsLeft(limits, ran))).toEqual([3, 1, 0, 0]);
    expect(reasonToLeave(limits, 2, never)).toBeNull();
    expect(reasonToLeave(limits, 3, never)).toBe("it has run 3 jobs");
  });

  it("leaves when it uses more memory than it may", () => {
    const limits = { maxJobs: null, maxRssBytes: 100 * MIB };
    expect(reasonToLeave(limits, 1, () => 100 * MIB)).toBeNull();
    expect(reasonToLeave(limits, 1, () => 100 * MIB + 1)).toBe("it uses 101M of memory");
  });
});
