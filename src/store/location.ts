/**
 * Which file the database is, by its setting: a path, or a URL of a file. What looks like another URL is refused, since as a
 * path it would name a new, empty queue in the current directory.
 */
import { fileURLToPath } from "node:url";
import { UnusableError } from "../core/errors.js";

const HINT = "give the path of a file, or file:///path/of/it";

/** The path, which may be relative. @throws UnusableError */
export function databaseFile(setting: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(setting)?.[1] ?? /^(file|sqlite):/i.exec(setting)?.[1];
  const rest = scheme === undefined ? setting : setting.slice(scheme.length + 1);
  if (/^(\/\/)?:memory:/.test(rest)) {
    throw new UnusableError("a database in memory would be gone with the command that made it", HINT);
  }
  if (scheme === undefined) return setting;
  const kind = scheme.toLowerCase();
  if (kind.startsWith("postgres")) {
    throw new UnusableError("this version of queuectl keeps its jobs in SQLite only", HINT);
  }
  if (kind !== "file" && kind !== "sqlite") {
    throw new UnusableError(`the database ${JSON.stringify(setting)} is not of a kind that queuectl knows`, HINT);
  }
  if (/[?#]/.test(rest)) throw new UnusableError(`the database ${JSON.stringify(setting)} has parameters`, HINT);
  return pathIn(rest, setting);
}

function pathIn(rest: string, setting: string): string {
  try {
    return rest.startsWith("//") ? fileURLToPath(`file:${rest}`) : decodeURIComponent(rest);
  } catch (error) {
    throw new UnusableError(`the database ${JSON.stringify(setting)} names no file of this machine`, HINT, error);
  }
}
