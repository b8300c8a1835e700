import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSize, humanSize, parseSize } from "../../../src/core/text/size.js";

describe("sizes", () => {
  it.each([
    ["0", 0],
    ["1000", 1000],
    ["64K", 65_536],
    ["64k", 65_536],
    ["10M", 10_485_760],
    ["10MiB", 10_485_760],
    ["2G", 2_147_483_648],
    ["1.5K", 1536],
  ])("reads %j as %d bytes", (text, bytes) => expect(parseSize(text, "x")).toBe(bytes));

  it.each(["", "-1", "ten", "5X", "1e3", "9999999T"])("refuses %j", (text) =>
    expect(() => parseSize(text, "output-limit")).toThrow(/^output-limit is .*, which is not a size$/),
  );

  it("are read back exactly", () => {
    fc.assert(
      fc.property(fc.nat(), (bytes) => {
        expect(parseSize(formatSize(bytes), "x")).toBe(bytes);
      }),
    );
  });
});

it.each([
  [0, "0 bytes"],
  [1023, "1023 bytes"],
  [86_016, "84 KiB"],
  [1_610_612_736, "1.5 GiB"],
  [10_737_418_239, "9.9 GiB"],
  [3 * 1024 ** 4, "3 TiB"],
])("%i bytes are %s to a person", (bytes, text) => expect(humanSize(bytes)).toBe(text));
