import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TerminalChanges } from "../../src/cli/terminal/passed-output.js";
import { Cli } from "../support/cli.js";
import { PROGRAM } from "../support/program.js";
import { hasTerminals, Terminal } from "../support/terminal.js";

/** Ends an unfinished code; resets colours, character set, insert mode, keypad. */
const RESET = "\x1b\\\x1b[0m\x1b(B\x0f\x1b[4l\x1b>";

function undoneAfter(...chunks: string[]): string {
  const changes = new TerminalChanges();
  for (const chunk of chunks) changes.see(Buffer.from(chunk).toString("latin1"));
  const undone = changes.undo();
  expect(changes.undo()).toBe("");
  return undone;
}

describe("what output has done to a terminal is undone", () => {
  it("nothing, if it has no codes", () => {
    expect(undoneAfter("plain\n\tüÀ é\r\n")).toBe("");
  });

  it.each([
    ["a colour", ["\x1b[31mred"], ""],
    ["a code in one character", ["\u009b31mred"], ""],
    ["an unfinished title", ["\x1b]0;title"], ""],
    ["a hidden cursor", ["\x1b[?25l"], "\x1b[?25h"],
    ["a hidden cursor that is shown again", ["\x1b[?25l\x1b[?25h"], ""],
    ["the alternate screen and the mouse", ["\x1b[?1049h\x1b[?1002;1006h"], "\x1b[?1049l\x1b[?1002l\x1b[?1006l"],
    ["a code in two chunks", ["x\x1b[?20", "04h"], "\x1b[?2004l"],
    ["a link", ["\x1b]8;;http://a\x1b\\a"], "\x1b]8;;\x1b\\"],
    ["a scrolling region", ["\x1b[2;5r"], "\x1b7\x1b[r\x1b8"],
  ])("%s", (_, chunks, more) => {
    expect(undoneAfter(...chunks)).toBe(RESET + more);
  });
});

describe.runIf(hasTerminals)("on a terminal", () => {
  const cli = new Cli();
  beforeAll(() => cli.ended("a", { kind: "succeeded" }, { stdout: "\x1b[31mred\x1b[?25l", stderr: "plain" }));
  afterAll(() => cli.dispose());

  it("logs resets after each stream what it has changed", async () => {
    const terminal = new Terminal([process.execPath, PROGRAM, "logs", "a", "--raw"], cli.env);
    await terminal.ended;
    expect(terminal.written).toBe(`\x1b[31mred\x1b[?25l${RESET}\x1b[?25hplain`);
  });

  it("logs into a pipe passes every byte and adds none", async () => {
    expect(await cli.ok("logs", "a", "--raw")).toBe("\x1b[31mred\x1b[?25lplain");
  });
});
