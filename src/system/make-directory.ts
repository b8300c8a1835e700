/**
 * Makes a directory with those above it. Not by `mkdirSync`'s own `recursive`: where the system says that a parent is missing
 * which is there, as below /proc, that one never ends, and on a disk that cannot be written it says that something is missing.
 */
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Whether it was made; `mode` is only its own.
 * @throws Error the system's
 */
export function makeDirectory(path: string, mode: number): boolean {
  if (isDirectory(path)) return false;
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Somebody else may have made it at this moment.
    if (code === "EEXIST" && isDirectory(path)) return false;
    if (code === "EEXIST") throw new Error(`EEXIST: ${path} is no directory, or a link to nothing`, { cause: error });
    if (code !== "ENOENT" || !makeDirectory(dirname(path), 0o777)) throw error;
    return makeDirectory(path, mode);
  }
  return true;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
