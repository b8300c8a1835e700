/**
 * A text in the user's editor. Its file is readable only for the user, in a directory of its own with an unpredictable
 * name.
 */
import { isUtf8 } from "node:buffer";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { EXIT, QueuectlError, UsageError } from "../../core/errors.js";
import { checkVariables } from "../../system/utf8.js";
import { isTerminal } from "../terminal/standard-streams.js";

/** Removed when this process exits, unless it is kept. */
export class Draft {
  readonly path: string;
  readonly #discard = () => rmSync(dirname(this.path), { recursive: true, force: true });

  constructor(name: string, text: string) {
    this.path = join(mkdtempSync(join(tmpdir(), "queuectl-")), name);
    process.once("exit", this.#discard);
    writeFileSync(this.path, text, { mode: 0o600, flag: "wx" });
  }

  /** @throws UsageError if the editor has removed it, or written other text than UTF-8 */
  read(): string {
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.path);
    } catch (error) {
      throw new UsageError(`the editor left no text: ${(error as Error).message}`, "nothing was changed");
    }
    if (isUtf8(bytes)) return bytes.toString();
    throw new UsageError("the editor left text that is not UTF-8", "nothing was changed");
  }

  keep(): void {
    process.off("exit", this.#discard);
  }
}

/** Whether there is an editor. One named by a script works without a terminal; vi does not. */
export function hasEditor(env: NodeJS.ProcessEnv = process.env): boolean {
  return Boolean(env.VISUAL || env.EDITOR) || (isTerminal(0) && (isTerminal(1) || isTerminal(2)));
}

/**
 * Resolves when the editor has ended. While it runs, ^C is left to it.
 * @param release takes the signals from the command line
 * @throws QueuectlError if it cannot be started, or reports a failure
 */
export async function openEditor(path: string, release: () => void): Promise<void> {
  checkVariables(["VISUAL", "EDITOR"]);
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

/** Run by the shell, since the variable may hold flags. Resolves to the failure. Null: none. */
function runEditor(editor: string, path: string): Promise<string | null> {
  // If stdout is data, the editor's output must not be part of it.
  const stdout = isTerminal(1) ? "inherit" : 2;
  // The shell must outlive ^C too. The editor does not inherit a trap with a command, but it would inherit an ignored
  // signal.
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
