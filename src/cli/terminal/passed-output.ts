/**
 * Passes a job's output on, byte for byte. If it goes to a terminal, its end undoes what it has done to the terminal:
 * an unfinished code, colours, a hidden cursor, the alternate screen, a scrolling region. Output without such codes gets
 * nothing added.
 */
import { isTerminal, writeBytes } from "./standard-streams.js";

/** Modes that are on in a fresh terminal: lines wrap, the cursor is shown. */
const USUALLY_ON: readonly string[] = ["7", "25"];

const ESC = "\x1b";
/** Ends an unfinished code, then resets colours, character set, insert mode and keypad. */
const ALWAYS = `${ESC}\\${ESC}[0m${ESC}(B\x0f${ESC}[4l${ESC}>`;
/** Setting the region moves the cursor, so its place is kept. */
const WHOLE_SCREEN = `${ESC}7${ESC}[r${ESC}8`;
const NO_LINK = `${ESC}]8;;${ESC}\\`;

/** Long enough for any code that is looked for. */
const CARRIED = 64;

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: these patterns are about control characters
/** Also the one-character forms of the codes, in UTF-8. */
const ANY_CODE = /[\x1b\x0e]|\xc2[\x80-\x9f]/;
const MODES = /(?:\x1b\[|\xc2\x9b)\?([\d;]+)([hl])/g;
const REGION = /(?:\x1b\[|\xc2\x9b)[\d;]*r/;
const LINK = /(?:\x1b\]|\xc2\x9d)8;/;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: these patterns are about control characters

export class PassedOutput {
  readonly #fd: 1 | 2;
  readonly #watches: boolean;
  readonly #terminal = new TerminalChanges();

  constructor(fd: 1 | 2) {
    this.#fd = fd;
    this.#watches = isTerminal(fd);
    // ^C ends a command with `process.exit`.
    if (this.#watches) process.once("exit", this.end);
  }

  write(chunk: Uint8Array): void {
    writeBytes(this.#fd, chunk);
    if (this.#watches) this.#terminal.see(Buffer.from(chunk).toString("latin1"));
  }

  /** May be called again: also between two streams or attempts. */
  readonly end = (): void => {
    const undone = this.#terminal.undo();
    if (undone !== "") writeBytes(this.#fd, Buffer.from(undone));
  };
}

/** What output has done to a terminal. Its text has one character for each byte. */
export class TerminalChanges {
  #carried = "";
  #changed = false;
  #link = false;
  #region = false;
  /** Whether each mode is on that the output has set. */
  readonly #modes = new Map<string, boolean>();

  see(text: string): void {
    if (!(this.#changed || ANY_CODE.test(text))) return;
    this.#changed = true;
    const all = this.#carried + text;
    this.#carried = all.slice(-CARRIED);
    this.#link ||= LINK.test(all);
    this.#region ||= REGION.test(all);
    for (const [, numbers = "", letter] of all.matchAll(MODES)) {
      for (const number of numbers.split(";")) this.#modes.set(number, letter === "h");
    }
  }

  /** The codes that undo it, and begins anew. Empty: there is nothing to undo. */
  undo(): string {
    if (!this.#changed) return "";
    const other = [...this.#modes].filter(([number, isOn]) => isOn !== USUALLY_ON.includes(number));
    const modes = other.map(([number, isOn]) => `${ESC}[?${number}${isOn ? "l" : "h"}`);
    const codes = [ALWAYS, this.#link ? NO_LINK : "", this.#region ? WHOLE_SCREEN : "", ...modes];
    this.#carried = "";
    this.#changed = this.#link = this.#region = false;
    this.#modes.clear();
    return codes.join("");
  }
}
