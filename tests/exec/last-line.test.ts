import { expect, it } from "vitest";
import { lastLine } from "../../src/exec/last-line.js";

it.each<[what: string, stderr: string, line: string | null]>([
  ["nothing", "", null],
  ["blank lines", "\n  \n\t\n", null],
  ["one line", "make: *** No rule to make target 'x'.  Stop.\n", "make: *** No rule to make target 'x'.  Stop."],
  ["several lines", "Traceback:\n  File x\nValueError: bad\n\n", "ValueError: bad"],
  ["a line without its end", "one\ntwo", "two"],
  ["a progress bar", " 10%\r 20%\r\rit broke\r", "it broke"],
  ["Windows' line ends", "one\r\ntwo\r\n", "two"],
  ["colours, a title and a charset", "\x1b]0;title\x07\x1b(B\x1b[1;31merror:\x1b[0m bad\x1b[K\n", "error: bad"],
  ["a line of colours only", "error\n\x1b[0m\n", "error"],
  ["other control characters", "a\tb\x08c\x1b\n", "a\tb\x08c\x1b"],
  ["200 characters", "é".repeat(200), "é".repeat(200)],
  ["201 characters", "🙂".repeat(201), `${"🙂".repeat(199)}…`],
])("the last line of %s", (_, stderr, line) => {
  expect(lastLine(Buffer.from(stderr))).toBe(line);
});

it("of bytes that are no UTF-8 keeps the rest", () => {
  expect(lastLine(Buffer.from([0x61, 0xff, 0x62, 0x0a]))).toBe("a\ufffdb");
});
