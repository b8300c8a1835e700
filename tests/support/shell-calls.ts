/** Reads the calls of `queuectl` in lines of shell, by running the lines with a `queuectl` that only notes its words. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readArguments } from "../../src/cli/parse/arguments.js";
import { splitCall } from "../../src/cli/parse/call.js";
import { signatureOf } from "../../src/cli/parse/signature.js";
import { loadCommand } from "../../src/cli/registry.js";

/** The words that each call of `queuectl` in these lines of shell is given. */
export function callsIn(lines: string): string[][] {
  const folder = mkdtempSync(join(tmpdir(), "queuectl-example-"));
  try {
    mkdirSync(join(folder, ".config/fish/completions"), { recursive: true });
    const script = `queuectl() { printf '%s\\0' "$@" >&9; printf '\\n\\0' >&9; }; { ${lines}\n} 9>calls >/dev/null`;
    spawnSync("/bin/bash", ["-c", script], { cwd: folder, env: { ...process.env, HOME: folder } });
    const words = readFileSync(join(folder, "calls"), "utf8").split("\0").slice(0, -1);
    const calls: string[][] = [[]];
    for (const word of words) {
      if (word === "\n") calls.push([]);
      else calls.at(-1)?.push(word);
    }
    return calls.slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The path of the command that these words call. @throws UsageError if they call none, or its arguments are wrong */
export async function checkCall(words: readonly string[]): Promise<string> {
  const call = splitCall(words);
  if (call.kind !== "command") return call.kind;
  readArguments(signatureOf(await loadCommand(call.path)), call.rest);
  return call.path;
}
