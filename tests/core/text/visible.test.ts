import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonVisible, oneLine, visible, visibleLines } from "../../../src/core/text/visible.js";

/** Control characters, separators of lines, direction marks, and all that is drawn as nothing. */
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}\u00ad\u180e\u200b\u2060\u3164\ufeff\u{e0041}]/u;

describe("foreign text", () => {
  it("has its hidden characters escaped", () => {
    expect(visible("a\tb\r\n\x07\x7f\x1b[31m")).toBe("a\\tb\\r\\n\\x07\\x7f\\e[31m");
    expect(visible("\u009b31m \u202egnp\u2066 a\u200bb\u2028c\u2029d\ufeff")).toBe(
      "\\u009b31m \\u202egnp\\u2066 a\\u200bb\\u2028c\\u2029d\\ufeff",
    );
    expect(visible("\u{e0041}\ud800\u00ad")).toBe("\\u{e0041}\\ud800\\u00ad");
  });

  it("keeps hidden characters that change the look of their neighbours", () => {
    const meant = [
      "👩\u200d👩\u200d👧",
      "❤\ufe0f\u200d🔥",
      "1\ufe0f\u20e3",
      "می\u200cخواهم",
      "क्\u200dष",
      "葛\u{e0100}",
    ];
    for (const text of meant) expect(visible(text)).toBe(text);
    expect(["job\u200d1", "é\u200dé", "a\ufe0f", "👩\u200d"].map(visible)).toEqual([
      "job\\u200d1",
      "é\\u200dé",
      "a\\ufe0f",
      "👩\\u200d",
    ]);
  });

  it("is one line in a message, and keeps its lines and tabs where it has several", () => {
    expect(oneLine("a\n  b\x1b[31m")).toBe("a b\\e[31m");
    expect(visibleLines("a\r\n\tb\r\x1b[2J\n")).toBe("a\r\n\tb\\r\\e[2J\n");
    expect(visibleLines("\x1b[31ma\x1b[39m\x1b[2J", true)).toBe("\x1b[31ma\x1b[39m\\e[2J");
  });

  it("has nothing hidden left, of any text, and as JSON says the same", () => {
    const texts = fc.string({ unit: fc.nat(0x10ffff).map((code) => String.fromCodePoint(code)) });
    const near = fc.string({
      unit: fc.constantFrom(..."a é\x1b[\u009b\u202e\u200d\u200c\ufe0f\u2028\n\t\0", "👩", "\ud800"),
    });
    fc.assert(
      fc.property(fc.oneof(texts, near), (text) => {
        expect(visible(text)).not.toMatch(HIDDEN);
        expect(visibleLines(text).replace(/\r?\n|\t/g, "")).not.toMatch(HIDDEN);
        const json = jsonVisible(JSON.stringify(text, null, 1));
        expect(json).not.toMatch(HIDDEN);
        expect(JSON.parse(json)).toBe(text);
      }),
    );
  });
});
