/**
 * Opens the database file. Every possible fault of the file is found here and reported in one line, and the settings of
 * a connection are made. Start-up time of the command line is spent here, so there is one batch of PRAGMAs and no
 * needless statement.
 *
 * Only SQLite opens the file: closing another descriptor of it would drop SQLite's POSIX locks.
 */
import { accessSync, constants, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Database } from "better-sqlite3";
import { UnusableError } from "../../core/errors.js";
import { makeDirectory } from "../../system/make-directory.js";
import { networkFilesystem } from "../../system/network-filesystem.js";
import { openSqlite } from "../../system/sqlite-module.js";
import { noFile } from "../location.js";
import { type BusyPolicy, SQLITE_WAIT_MS, whileBusy } from "./busy.js";
import { translate } from "./errors.js";
import { APPLICATION_ID, FIRST_SCHEMA_VERSION, SCHEMA_VERSION } from "./schema.js";

/** In older versions several processes could corrupt a WAL when it was reset. */
const OLDEST_SQLITE = [3, 51, 3] as const;

/** SQLite's name for a database without a file of its own. It is in memory while it is small. */
export const TEMPORARY = "";

const PRAGMAS = `
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA journal_size_limit = ${64 * 1024 * 1024};
`;

export interface OpenedDatabase {
  readonly database: Database;
  /** Whether the schema is older than this program's, or missing. */
  readonly needsMigration: boolean;
}

export interface OpenOptions extends BusyPolicy {
  readonly create: boolean;
  readonly readOnly: boolean;
}

export async function openDatabase(options: OpenOptions): Promise<OpenedDatabase> {
  const { path, readOnly } = options;
  if (path !== TEMPORARY) checkFile(options);
  let database: Database | undefined;
  try {
    const opened = openPrivately(options);
    database = opened;
    const version = await whileBusy(options, () => prepare(opened, path));
    if (readOnly && version < SCHEMA_VERSION) {
      throw new UnusableError(
        `the database ${path} was written by an older queuectl`,
        "any command but this one upgrades it",
      );
    }
    return { database, needsMigration: version < SCHEMA_VERSION };
  } catch (error) {
    database?.close();
    throw translate(error, path);
  }
}

/** The -wal and -shm files take their mode from the database. */
function openPrivately({ path, timeoutMs, create, readOnly }: OpenOptions): Database {
  const before = process.umask(0o077);
  const timeout = Math.min(SQLITE_WAIT_MS, timeoutMs);
  try {
    return openSqlite(path, { timeout, fileMustExist: !create, readonly: readOnly });
  } finally {
    process.umask(before);
  }
}

/** Resolves to the version of the schema. May run again after SQLITE_BUSY. */
function prepare(database: Database, path: string): number {
  checkSqlite(database);
  const version = Number(database.pragma("user_version", { simple: true }));
  if (!isOurs(database, version)) {
    throw new UnusableError(
      `${path} is the database of another program`,
      "name another database with --db or QUEUECTL_DB",
    );
  }
  checkVersion(version, path);
  // Changing the mode takes locks, which a reader of a settled database should not wait for.
  const mode = () => database.pragma("journal_mode", { simple: true });
  if (
    !database.readonly &&
    !database.memory &&
    mode() !== "wal" &&
    database.pragma("journal_mode = WAL", { simple: true }) !== "wal"
  ) {
    throw new UnusableError(
      `the database ${path} is on a file system without shared memory`,
      "use a home on a local disk",
    );
  }
  database.exec(PRAGMAS);
  return version;
}

/** 0: a new database. @throws UnusableError */
function checkVersion(version: number, path: string): void {
  if (version > SCHEMA_VERSION) {
    throw new UnusableError(
      `the database ${path} was written by a newer queuectl (schema ${version}, this one knows ${SCHEMA_VERSION})`,
      "upgrade queuectl, or use another home",
    );
  }
  if (version > 0 && version < FIRST_SCHEMA_VERSION) {
    throw new UnusableError(
      `the database ${path} was written by a queuectl from before the first release (schema ${version}), which cannot be upgraded`,
      "move it away, or use another home",
    );
  }
}

/**
 * An empty file becomes ours; a file with a schema must have our mark. Asked in this order, since another process may
 * be writing the first schema at this moment, with its mark in the same transaction.
 */
function isOurs(database: Database, version: number): boolean {
  const empty = database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
  return (version === 0 && empty) || database.pragma("application_id", { simple: true }) === APPLICATION_ID;
}

export function isTooOld(sqliteVersion: string): boolean {
  return compareVersions(sqliteVersion.split(".").map(Number), OLDEST_SQLITE) < 0;
}

function checkSqlite(database: Database): void {
  const version = String(database.prepare("SELECT sqlite_version()").pluck().get());
  if (!isTooOld(version)) return;
  throw new UnusableError(
    `SQLite ${version} can damage a database that several processes use; it needs ${OLDEST_SQLITE.join(".")} or newer`,
    "reinstall queuectl, so that it gets the better-sqlite3 that it asks for",
  );
}

/** Negative: `a` is older than `b`. */
export function compareVersions(a: readonly number[], b: readonly number[]): number {
  const differing = b.findIndex((part, index) => part !== (a[index] ?? 0));
  return differing === -1 ? 0 : (a[differing] ?? 0) - (b[differing] ?? 0);
}

/** @throws UnusableError */
export function checkFile({ path, create, readOnly }: Pick<OpenOptions, "path" | "create" | "readOnly">): void {
  const directory = dirname(path);
  if (create) makeParent(directory, path);
  const file = look(path);
  if (file === undefined) {
    if (create) {
      checkFilesystem(directory, path);
      return;
    }
    throw new UnusableError(
      `there is no database at ${path}`,
      "queuectl enqueue makes one; --home or QUEUECTL_HOME names another place",
    );
  }
  if (!file.isFile()) throw noFile(path, file);
  checkOwner(file, path);
  checkLength(file, path);
  if (!readOnly) checkAccess(path);
  checkFilesystem(directory, path);
}

/** SQLite would wait for the processes that use it, and blame their lock. */
function checkLength({ size }: Stats, path: string): void {
  const log = look(`${path}-wal`);
  if (size > 0 || log === undefined || log.size === 0) return;
  throw new UnusableError(
    `the database ${path} is empty, but has a write-ahead log: it was truncated`,
    "queuectl worker stop, then restore a backup; without one, delete it with its -wal and -shm to begin anew",
  );
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new UnusableError(
      `the database ${path} cannot be reached: ${(error as Error).message}`,
      "check the modes of the directories above it, or use another home",
      error,
    );
  }
}

function makeParent(directory: string, path: string): void {
  try {
    makeDirectory(directory, 0o700);
  } catch (error) {
    throw new UnusableError(
      `the directory of ${path} cannot be made: ${(error as Error).message}`,
      "use another home",
      error,
    );
  }
}

/** To enqueue is to execute as the user of the workers, so root must not take commands from another user's file. */
export function checkOwner(file: Pick<Stats, "uid">, path: string, uid: number | undefined = process.getuid?.()): void {
  if (uid !== 0 || file.uid === 0) return;
  throw new UnusableError(
    `the database ${path} belongs to the user with the id ${file.uid}, who could make root run commands through it`,
    "run queuectl as that user, or give root a home of its own",
  );
}

/** @throws UnusableError */
export function checkAccess(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new UnusableError(
      `the database ${path} cannot be read and written: ${(error as Error).message}`,
      "check the owner and the mode of the file, or use another home",
      error,
    );
  }
}

function checkFilesystem(directory: string, path: string): void {
  const name = networkFilesystem(directory);
  if (name === null) return;
  throw new UnusableError(
    `the database ${path} is on a network file system (${name}), where SQLite cannot share it between processes`,
    "use a home on a local disk",
  );
}
