import { describe, expect, it } from "vitest";
import { relativeTime } from "../../src/cli/render/times.js";
import { csvLine } from "../../src/cli/terminal/csv.js";
import { renderTable } from "../../src/cli/terminal/table.js";

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
  it("in CSV is quoted where it must be", () => {
    expect(csvLine(["a", 'say "b"', "c,d", "e\nf", ""])).toBe('a,"say ""b""","c,d","e\nf",');
  });

  it("in CSV is no formula of a spreadsheet", () => {
    expect(csvLine(["=1+1", "+a", "-rf", "@x", "\t=1", "\r=1", "＝1"])).toBe(
      `"'=1+1","'+a","'-rf","'@x","'\t=1","'\\r=1","'＝1"`,
    );
    expect(csvLine(["-5", "-1.5", "a=1", "1-1"])).toBe("-5,-1.5,a=1,1-1");
  });

  it("in CSV has no codes for a terminal", () => {
    expect(csvLine(["\x1b[2J\u009b1m\u202e", "a\r\nb"])).toBe('\\e[2J\\u009b1m\\u202e,"a\r\nb"');
  });

  it("tells how long ago or how soon", () => {
    expect(relativeTime(1000, 1500)).toBe("now");
    expect(relativeTime(0, 90_000)).toBe("1m 30s ago");
    expect(relativeTime(3_600_000, 0)).toBe("in 1h");
  });
});
