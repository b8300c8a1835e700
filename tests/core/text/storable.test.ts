import fc from "fast-check";
import { expect, it } from "vitest";
import { storable } from "../../../src/core/text/storable.js";

it.each([
  ["a\0b", "ab"],
  ["\ud83d\ude00 stays", "\ud83d\ude00 stays"],
  ["half \ud83d", "half "],
  ["half \ude00\ud83d\ude00", "half \ud83d\ude00"],
])("of %j keeps %j", (text, kept) => {
  expect(storable(text)).toBe(kept);
});

it("gives text that comes back from UTF-8 as it went in", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)) }), (text) => {
      const kept = storable(text);
      expect(Buffer.from(kept).toString()).toBe(kept);
      expect(kept).not.toContain("\0");
    }),
  );
});
