import { Session } from "node:inspector";
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

  it("goes on after a signal that ends a read early", () => {
    const session = new Session();
    session.connect();
    session.post("Profiler.enable");
    // A profiler takes its samples by signals.
    session.post("Profiler.setSamplingInterval", { interval: 50 });
    session.post("Profiler.start");
    const ids = Array.from({ length: 200_000 }, newJobId);
    session.post("Profiler.stop");
    session.disconnect();
    expect(new Set(ids).size).toBe(ids.length);
  });
});
