/**
 * A text in the user's editor. It lies in a file that only the user can read, in a directory of its own with a name that
 * nobody can foresee.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { EXIT, QueuectlError, UsageError } from "../../core/errors.js";
import { isTerminal } from "../terminal/standard-streams.js";

/** It goes when this process exits, unless it is kept. */
export class Draft {
  readonly path: string;
  readonly #discard = () => rmSync(dirname(this.path), { recursive: true, force: true });

  constructor(name: string, text: string) {
    this.path = join(mkdtempSync(join(tmpdir(), "queuectl-")), name);
    process.once("exit", this.#discard);
    writeFileSync(this.path, text, { mode: 0o600, flag: "wx" });
  }

  /** @throws UsageError the editor has removed it */
  read(): string {
    try {
      return readFileSync(this.path, "utf8");
    } catch (error) {
      throw new UsageError(`the editor left no text: ${(error as Error).message}`, "nothing was changed");
    }
  }

  keep(): void {
    process.off("exit", this.#discard);
  }
}

/** Whether there is one: what a script names works without a terminal, vi does not. */
export function hasEditor(env: NodeJS.ProcessEnv = process.env): boolean {
  return Boolean(env.VISUAL || env.EDITOR) || (isTerminal(0) && (isTerminal(1) || isTerminal(2)));
}

/**
 * Resolves when the editor has ended. ^C is the editor's while it runs, and ours again afterwards.
 * @param release takes the signals from the command line
 * @throws QueuectlError it cannot be started, or says that it failed
 */
export async function openEditor(path: string, release: () => void): Promise<void> {
  const editor = process.env.VISUAL || process.env.EDITOR || "vi";
  release();
  const ignore = () => {};
  process.on("SIGINT", ignore);
  try {
    const end = await runEditor(editor, path);
    if (end === null) return;
    throw new QueuectlError("failed", `the editor ${JSON.stringify(editor)} ${end}; nothing was changed`, {
      hint: "VISUAL or EDITOR names the one to use",
    });
  } finally {
    process.off("SIGINT", ignore);
    if (process.listenerCount("SIGINT") === 0) process.on("SIGINT", () => process.exit(EXIT.interrupted));
  }
}

/** By the shell, since the variable may hold flags. Resolves to how it failed; null if it did not. */
function runEditor(editor: string, path: string): Promise<string | null> {
  // Where stdout is data, what the editor says is no part of it.
  const stdout = isTerminal(1) ? "inherit" : 2;
  // The shell must outlive ^C too; a trap that does nothing is not inherited by the editor, as one that ignores would be.
  const script = `trap : INT; ${editor} "$1"`;
  const child = spawn("/bin/sh", ["-c", script, "sh", path], { stdio: ["inherit", stdout, "inherit"] });
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(`cannot be started: ${error.message}`));
    child.on("exit", (code, signal) => {
      if (signal !== null) resolve(`was killed by ${signal}`);
      else resolve(code === 0 ? null : `ended with exit code ${code}`);
    });
  });
}
