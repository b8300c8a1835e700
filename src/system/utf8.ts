/**
 * Arguments, variables and paths are bytes, but Node gives them as text: bytes that are not UTF-8 become U+FFFD, and name
 * another file. Only where that character occurs, Linux is asked for the bytes. Without /proc the character itself is
 * refused, since it cannot be told from such bytes.
 */
import { isUtf8 } from "node:buffer";
import { readFileSync, readlinkSync, realpathSync } from "node:fs";
import { UsageError } from "../core/errors.js";

const REPLACED = "\ufffd";
const BY_PATTERN = "to reach a file of that name, let a shell find it: --command 'cat r*'";

/** @param words the last arguments of this process @throws UsageError naming the first that is not UTF-8 */
export function checkArguments(words: readonly string[]): void {
  const index = words.findIndex((word) => word.includes(REPLACED));
  if (index < 0) return;
  const given = partsOf("/proc/self/cmdline")?.slice(-words.length);
  for (const [i, word] of words.entries()) {
    if (isChanged(word, given?.[i], given !== undefined)) {
      refuse(`argument ${i + 1}, ${JSON.stringify(word)},`, BY_PATTERN);
    }
  }
}

/** @param names variables whose values are used @throws UsageError naming the first whose value is not UTF-8 */
export function checkVariables(names: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
  for (const name of names) {
    const value = env[name];
    if (!value?.includes(REPLACED)) continue;
    const given = partsOf("/proc/self/environ");
    const bytes = given?.find((part) => part.toString() === `${name}=${value}`);
    if (isChanged(value, bytes, given !== undefined)) refuseVariable(name);
  }
}

/** The whole environment. Node leaves a variable out whose name is not UTF-8. @throws UsageError naming the variable */
export function checkEnvironment(): void {
  const wrong = partsOf("/proc/self/environ")?.find((part) => !isUtf8(part));
  if (wrong !== undefined) refuseVariable(wrong.toString().replace(/=.*/s, ""));
}

function refuseVariable(name: string): never {
  return refuse(`the variable ${JSON.stringify(name)}`, "unset it, or set it to text in UTF-8");
}

/** @param path that of the current directory @throws UsageError if it is not UTF-8 */
export function checkCurrentDirectory(path: string): string {
  if (path.includes(REPLACED)) {
    const bytes = attempt(() => readlinkSync("/proc/self/cwd", "buffer"));
    if (isChanged(path, bytes, bytes !== undefined)) {
      refuse(`the current directory ${JSON.stringify(path)}`, "go to a directory with a name in UTF-8");
    }
  }
  return path;
}

/** The path without links. @throws UsageError if it is not UTF-8 @throws Error of the system if there is none */
export function realPath(path: string): string {
  try {
    const real = realpathSync(path);
    if (!real.includes(REPLACED)) return real;
  } catch (error) {
    // On the way to a name that is not UTF-8 it finds nothing.
    if (attempt(() => realpathSync.native(path, "buffer")) === undefined) throw error;
  }
  const bytes = realpathSync.native(path, "buffer");
  if (isUtf8(bytes)) return bytes.toString();
  return refuse(`the path to which ${JSON.stringify(path)} leads`, "choose another, or rename its directories");
}

/** @param known whether the system tells the bytes */
function isChanged(text: string, bytes: Buffer | undefined, known: boolean): boolean {
  if (!text.includes(REPLACED)) return false;
  return known ? bytes !== undefined && !isUtf8(bytes) : true;
}

/** Undefined: this system does not tell. */
function partsOf(file: string): Buffer[] | undefined {
  const all = attempt(() => readFileSync(file));
  if (all === undefined) return undefined;
  const parts: Buffer[] = [];
  for (let from = 0; from < all.length; ) {
    const end = all.indexOf(0, from);
    parts.push(all.subarray(from, end < 0 ? undefined : end));
    from = end < 0 ? all.length : end + 1;
  }
  return parts;
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

function refuse(what: string, hint: string): never {
  throw new UsageError(`${what} is not UTF-8`, hint);
}
