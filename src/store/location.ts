/**
 * The database as a value, made from its setting (`--db`, `QUEUECTL_DB`): a path or the URL of a file for SQLite, the
 * URL of a server for PostgreSQL. An unknown URL is refused, since as a path it would name a new, empty queue in the
 * current directory.
 *
 * A setting may hold a password. So only `shown` is printed, logged, written to the PID file and given to other processes;
 * these find the password in a file of the home, see `postgres/password.ts`.
 */
import { existsSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { assertNever } from "../core/assert-never.js";
import { UnusableError } from "../core/errors.js";
import { PostgresLocation } from "./postgres-location.js";

export interface SqliteLocation {
  readonly kind: "sqlite";
  /** Absolute path of the file. */
  readonly path: string;
  /** The same path. */
  readonly shown: string;
}

export type DatabaseLocation = SqliteLocation | PostgresLocation;

const HINT = "give the path of a file, or file:///path/of/it";

export function sqliteLocation(path: string): SqliteLocation {
  return { kind: "sqlite", path, shown: path };
}

/**
 * @param absolute makes a path absolute
 * @throws UnusableError if no database can be there; the message holds no password
 */
export function parseDatabase(setting: string, absolute: (path: string) => string): DatabaseLocation {
  if (/^postgres(ql)?:/i.test(setting)) return new PostgresLocation(setting);
  return sqliteLocation(absolute(fileOf(setting)));
}

/** False: there is certainly none. A server is not asked. */
export function databaseExists(database: DatabaseLocation): boolean {
  switch (database.kind) {
    case "sqlite":
      return existsSync(database.path);
    case "postgres":
      return true;
    default:
      return assertNever(database);
  }
}

/**
 * What can be said of a place before a home is made for it.
 * @throws UnusableError if no database can be there: in the place of a directory, below a file
 */
export function checkPlace(database: DatabaseLocation): void {
  if (database.kind === "postgres") return;
  for (let path = database.path; ; path = dirname(path)) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (path === database.path && !stats.isFile()) throw noFile(path, stats);
    if (path === database.path || stats.isDirectory()) return;
    throw new UnusableError(`the database ${database.path} would be below ${path}, which is no directory`, HINT);
  }
}

export function noFile(path: string, stats: Stats): UnusableError {
  return new UnusableError(
    `${path} is ${stats.isDirectory() ? "a directory" : "a special file"}, not a database`,
    "move it away, or use another home",
  );
}

/** Whether it is a file without content, which is no database yet. With a log of writes it is one that was truncated. */
export function isEmptyFile(database: DatabaseLocation): boolean {
  return database.kind === "sqlite" && sizeOf(database.path) === 0 && !sizeOf(`${database.path}-wal`);
}

/** In bytes. Null: there is no such file. */
function sizeOf(path: string): number | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? stats.size : null;
}

/** The database's file on this machine. Null: it is on a server. */
export function databaseFile(database: DatabaseLocation): string | null {
  return database.kind === "sqlite" ? database.path : null;
}

/** Files beside a SQLite database that all its open connections share. They go with the last connection. */
export function journalFiles(path: string): readonly string[] {
  return [`${path}-wal`, `${path}-shm`];
}

function fileOf(setting: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(setting)?.[1] ?? /^(file|sqlite):/i.exec(setting)?.[1];
  const rest = scheme === undefined ? setting : setting.slice(scheme.length + 1);
  if (/^(\/\/)?:memory:/.test(rest)) {
    throw new UnusableError("a database in memory would be gone with the command that made it", HINT);
  }
  if (scheme === undefined) return setting;
  if (!["file", "sqlite"].includes(scheme.toLowerCase())) {
    throw new UnusableError(`the database ${scheme}://… is not of a kind that queuectl knows`, HINT);
  }
  // The part after two slashes may be a user with a password.
  const shown = JSON.stringify(/^\/\/[^/]/.test(rest) ? `${scheme}://…` : setting);
  if (/[?#]/.test(rest)) throw new UnusableError(`the database ${shown} has parameters`, HINT);
  try {
    return rest.startsWith("//") ? fileURLToPath(`file:${rest}`) : decodeURIComponent(rest);
  } catch {
    throw new UnusableError(`the database ${shown} names no file of this machine`, HINT);
  }
}
