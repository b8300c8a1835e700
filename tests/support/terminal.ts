/**
 * A command in a pseudo terminal of util-linux's `script`: everything that it wrote, and the lines that remain visible.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { waitFor } from "./wait-for.js";

/** Other systems have a `script` with other flags. */
export const hasTerminals =
  process.platform === "linux" && /util-linux/.test(spawnSync("script", ["--version"], { encoding: "utf8" }).stdout);

const ERASE = "\x1b[K";

export class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>;
  /** The whole output, with escape sequences. */
  written = "";

  /** @param input file for its stdin, in place of the terminal */
  constructor(words: readonly string[], env: NodeJS.ProcessEnv = {}, input?: string) {
    const line = words.map((word) => `'${word}'`).join(" ") + (input === undefined ? "" : ` < '${input}'`);
    this.#child = spawn("script", ["-qfec", `exec ${line}`, "/dev/null"], {
      env: { ...process.env, TERM: "xterm", NO_COLOR: "1", ...env },
    });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.written += text;
    });
    this.ended = new Promise((resolve) => this.#child.on("close", resolve));
  }

  shows(text: string): Promise<boolean> {
    return waitFor(`${JSON.stringify(text)} on the terminal`, () => this.written.includes(text));
  }

  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  /** The visible lines: erased or overwritten text is gone. */
  get lines(): string[] {
    return this.written
      .split("\n")
      .map((line) => (line.replace(/\r$/, "").split("\r").at(-1) ?? "").replace(ERASE, ""));
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
