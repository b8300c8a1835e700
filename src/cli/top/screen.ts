/**
 * The terminal while `top` has it: alternate screen, no cursor, keys one by one. However the process ends, `close`
 * restores the terminal. It also runs at `exit`, which follows handled signals and uncaught errors.
 *
 * A line is written at its own row, and only if it has changed; lines do not wrap. So if the terminal gives a character
 * another width, one line is wrong and not the screen.
 */
import { emitKeypressEvents } from "node:readline";
import ansi from "ansi-escapes";
import { writeBytes } from "../terminal/standard-streams.js";

const NO_WRAP = "\x1b[?7l";
const WRAP = "\x1b[?7h";

export interface ScreenEvents {
  /** The key's name in Node's readline, or else its character. */
  readonly onKey: (key: string) => void;
  /** The size has changed, or the terminal is ours again. */
  readonly onChange: () => void;
  /** ^C or a signal that ends the process. `code`: the exit code for it. */
  readonly onEnd: (code: number) => void;
}

interface Key {
  readonly name?: string;
  readonly sequence?: string;
  readonly ctrl?: boolean;
  readonly shift?: boolean;
}

const END_SIGNALS = { SIGTERM: 143, SIGHUP: 129, SIGINT: 130 } as const;

export class Screen {
  readonly #events: ScreenEvents;
  #isOpen = false;
  #drawn: readonly string[] = [];
  readonly #ends = Object.entries(END_SIGNALS).map(([name, code]) => [name, () => this.#events.onEnd(code)] as const);

  constructor(events: ScreenEvents) {
    this.#events = events;
  }

  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 };
  }

  open(): void {
    emitKeypressEvents(process.stdin);
    process.stdin.on("keypress", this.#onKeypress).on("end", this.#onHangUp);
    process.stdout.on("resize", this.#onResize);
    process.on("SIGCONT", this.#onContinue).on("exit", this.close);
    for (const [name, end] of this.#ends) process.on(name, end);
    this.#take();
  }

  draw(lines: readonly string[]): void {
    if (!this.#isOpen) return;
    const changed = lines
      .map((line, y) => (line === this.#drawn[y] ? "" : `${ansi.cursorTo(0, y)}${line}${ansi.eraseEndLine}`))
      .join("");
    this.#drawn = lines;
    if (changed !== "") writeBytes(1, Buffer.from(ansi.synchronizedOutput(changed)));
  }

  /** May be called again. */
  readonly close = (): void => {
    this.#give();
    process.stdin.off("keypress", this.#onKeypress).off("end", this.#onHangUp).pause();
    process.stdout.off("resize", this.#onResize);
    process.off("SIGCONT", this.#onContinue).off("exit", this.close);
    for (const [name, end] of this.#ends) process.off(name, end);
  };

  #take(): void {
    this.#isOpen = true;
    this.#drawn = [];
    process.stdin.setRawMode(true).resume();
    writeBytes(1, Buffer.from(`${ansi.enterAlternativeScreen}${ansi.cursorHide}${NO_WRAP}${ansi.clearViewport}`));
  }

  #give(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    writeBytes(1, Buffer.from(`${WRAP}${ansi.cursorShow}${ansi.exitAlternativeScreen}`));
    process.stdin.setRawMode(false);
  }

  readonly #onKeypress = (character: string | undefined, key: Key): void => {
    if (key.ctrl && key.name === "c") this.#events.onEnd(END_SIGNALS.SIGINT);
    else if (key.ctrl && key.name === "z") this.#suspend();
    else if (!key.ctrl) this.#events.onKey(key.shift ? (key.sequence ?? "") : (key.name ?? character ?? ""));
  };

  #suspend(): void {
    this.#give();
    process.kill(process.pid, "SIGTSTP");
  }

  readonly #onContinue = (): void => {
    if (!this.#isOpen) this.#take();
    this.#drawn = [];
    this.#events.onChange();
  };

  readonly #onResize = (): void => {
    this.#drawn = [];
    writeBytes(1, Buffer.from(ansi.clearViewport));
    this.#events.onChange();
  };

  readonly #onHangUp = (): void => this.#events.onEnd(END_SIGNALS.SIGHUP);
}
