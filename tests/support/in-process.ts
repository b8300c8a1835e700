/**
 * Runs a command in the process of the test, in milliseconds: starting Node takes longer than most commands. All code of
 * the command runs as it is. Only what a process provides is replaced meanwhile: environment, working directory, and the
 * system call by which the command line writes to stdout and stderr. stdin and the command's child processes are not.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { main } from "../../src/cli/dispatch.js";
import type { Result } from "./result.js";

export interface Surrounding {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

const RELEASES = { releaseInterrupt: () => {}, release: () => {} };

/** They share the process, so each begins when the one before has ended. */
let last: Promise<unknown> = Promise.resolve();

export function runInProcess(words: readonly string[], surrounding: Surrounding): Promise<Result> {
  const result = last.then(() => run(words, surrounding));
  last = result.catch(() => {});
  return result;
}

async function run(words: readonly string[], { env, cwd }: Surrounding): Promise<Result> {
  const before = { env: process.env, cwd: process.cwd(), writeSync: fs.writeSync };
  const written: Record<number, Buffer[]> = { 1: [], 2: [] };
  const writeSync = (fd: number, ...rest: [Uint8Array]) => {
    const output = written[fd];
    if (!output) return before.writeSync(fd, ...rest);
    output.push(Buffer.from(rest[0]));
    return rest[0].length;
  };
  const use = (replacement: { writeSync: unknown }) => {
    Object.assign(fs, replacement);
    syncBuiltinESMExports();
  };
  process.env = { ...env };
  process.chdir(cwd);
  use({ writeSync });
  try {
    const code = await main(words, RELEASES);
    const text = (fd: number) => Buffer.concat(written[fd] ?? []).toString();
    return { code, stdout: text(1), stderr: text(2) };
  } finally {
    use({ writeSync: before.writeSync });
    process.chdir(before.cwd);
    process.env = before.env;
  }
}
