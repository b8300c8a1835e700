/**
 * Makes a directory and its parents. `mkdirSync` with `recursive` is not used: where the system calls an existing
 * parent missing, as below /proc, it never ends, and on a read-only disk it reports a missing file.
 */
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Whether the directory was made. `mode` applies to the directory. Its parents are never open to the writing of others.
 * @throws Error from the system
 */
export function makeDirectory(path: string, mode: number): boolean {
  if (isDirectory(path)) return false;
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another process may have made it at this moment.
    if (code === "EEXIST" && isDirectory(path)) return false;
    if (code === "EEXIST")
      throw new Error(`EEXIST: ${path} is not a directory, or is a link to a missing path`, { cause: error });
    if (code !== "ENOENT" || !makeDirectory(dirname(path), 0o755)) throw error;
    return makeDirectory(path, mode);
  }
  return true;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
