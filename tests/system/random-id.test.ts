import { describe, expect, it } from "vitest";
import { newJobId } from "../../src/system/random-id.js";

describe("newJobId", () => {
  it("makes twelve lower-case letters and digits, never the same twice", () => {
    const ids = Array.from({ length: 10_000 }, newJobId);
    expect(ids.filter((id) => !/^[a-z0-9]{12}$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("prefers no character", () => {
    const counts = new Map<string, number>();
    for (const char of Array.from({ length: 20_000 }, newJobId).join("")) counts.set(char, (counts.get(char) ?? 0) + 1);
    expect(counts.size).toBe(36);
    // 6,667 of each expected, with a standard deviation of 81: eight of them either way is no accident.
    for (const count of counts.values()) expect(Math.abs(count - 6667)).toBeLessThan(650);
  });
});
