import { describe, expect, it } from "vitest";
import { suggest, suggestion } from "../../../src/core/text/suggest.js";

const WORDS = ["enqueue", "status", "list", "show", "max_retries"];

describe("suggest", () => {
  it.each([
    ["enqeue", "enqueue"],
    ["stauts", "status"],
    ["LIST", "list"],
    ["max_retires", "max_retries"],
    ["lst", "list"],
  ])("takes %s for %s", (word, meant) => expect(suggest(word, WORDS)).toBe(meant));

  it("does not guess wildly", () => {
    expect(suggest("frobnicate", WORDS)).toBeUndefined();
    expect(suggest("anything", [])).toBeUndefined();
  });

  it("names all there are when it cannot guess", () => {
    expect(suggestion("frobnicate", WORDS)).toBe("known: enqueue, status, list, show, max_retries");
    expect(suggestion("shwo", WORDS)).toMatch(/^did you mean show\?|^known:/);
  });
});
