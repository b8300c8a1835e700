/** The home of a command line, as far as it is typed. */
import { homedir } from "node:os";
import type { HomeOptions } from "../../home/home.js";

export function homeOf(words: readonly string[]): HomeOptions {
  return { home: given(words, "--home"), db: given(words, "--db") };
}

/** The flag's value as typed: the shell has not yet expanded a tilde. */
function given(words: readonly string[], flag: string): string | undefined {
  const end = words.indexOf("--");
  const before = words.slice(0, end === -1 ? -1 : end);
  const index = before.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const value = before[index]?.includes("=") ? before[index].slice(flag.length + 1) : before[index + 1];
  return index === -1 ? undefined : value?.replace(/^~(?=\/|$)/, homedir());
}
