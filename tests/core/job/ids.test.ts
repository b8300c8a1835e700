import { describe, expect, it } from "vitest";
import { checkJobId, checkName } from "../../../src/core/job/ids.js";

describe("a name", () => {
  it.each(["a", "job1", "_x", "build:2030-01-01", "a.b@c+d-e", "A".repeat(128)])("%j is fine", (id) => {
    expect(checkJobId(id)).toBe(id);
    expect(checkName("queue", id)).toBe(id);
    expect(checkName("tag", id)).toBe(id);
  });

  it.each(["", " ", "a/b", "../x", "-x", ".x", "a b", "a\nb", "a\0b", "ä", "A".repeat(129), "$(x)", "a;b", "*"])(
    "%j is refused",
    (id) => {
      expect(() => checkJobId(id)).toThrow(/cannot name a job/);
      expect(() => checkName("queue", id)).toThrow(/the queue name .* is not valid/);
    },
  );
});
