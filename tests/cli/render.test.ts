import { describe, expect, it } from "vitest";
import { relativeTime } from "../../src/cli/render/times.js";
import { csvLine } from "../../src/cli/terminal/csv.js";
import { renderTable } from "../../src/cli/terminal/table.js";
import { oneLine, visible } from "../../src/core/text/visible.js";

describe("a table", () => {
  const columns = [
    { title: "id", value: (row: string[]) => row[0] ?? "" },
    { title: "note", value: (row: string[]) => row[1] ?? "" },
    { title: "text", value: (row: string[]) => row[2] ?? "" },
  ];

  it("aligns its columns, two spaces apart, without trailing space", async () => {
    const rows = [
      ["a", "x", "long text"],
      ["long-id", "", ""],
    ];
    expect(await renderTable(columns, rows)).toBe("ID       NOTE  TEXT\na        x     long text\nlong-id");
  });

  it("leaves out a column that nobody uses, and lines up wide characters", async () => {
    expect(
      await renderTable(columns, [
        ["表", "", "x"],
        ["ab", "", "y"],
        ["c", "", "z"],
      ]),
    ).toBe("ID  TEXT\n表  x\nab  y\nc   z");
  });

  it("shows control characters, so that a text cannot steer the terminal", async () => {
    expect(await renderTable(columns, [["a", "\x1b[2J", "b\nc"]])).toBe("ID  NOTE   TEXT\na   \\e[2J  b\\nc");
  });
});

describe("text", () => {
  it("is made visible, or one line", () => {
    expect(visible("a\tb\r\n\x07\x9b")).toBe("a\\tb\\r\\n\\x07\\x9b");
    expect(oneLine("a\n  b\x1b[31m")).toBe("a b\\e[31m");
  });

  it("in CSV is quoted where it must be", () => {
    expect(csvLine(["a", 'say "b"', "c,d", "e\nf", ""])).toBe('a,"say ""b""","c,d","e\nf",');
  });

  it("tells how long ago or how soon", () => {
    expect(relativeTime(1000, 1500)).toBe("now");
    expect(relativeTime(0, 90_000)).toBe("1m 30s ago");
    expect(relativeTime(3_600_000, 0)).toBe("in 1h");
  });
});
