/**
 * Inspects a database file for `doctor`, even one that the store would refuse because it is damaged, too new or another
 * program's. Nothing is written, upgraded or made.
 */
import { existsSync, statSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { openSqlite } from "../../system/sqlite-module.js";
import { SQLITE_WAIT_MS } from "./busy.js";
import { translate } from "./errors.js";
import { checkAccess, checkFile, isTooOld } from "./open.js";
import { APPLICATION_ID, FIRST_SCHEMA_VERSION, SCHEMA_VERSION } from "./schema.js";

export interface SqliteVersion {
  readonly version: string;
  /** Whether SQLite is so old that it can damage a database of several processes. */
  readonly tooOld: boolean;
}

export interface SqliteFacts {
  readonly kind: "sqlite";
  readonly path: string;
  readonly isOurs: boolean;
  readonly schema: number;
  /** The schema that this program makes. */
  readonly ownSchema: number;
  /** The oldest schema that can be upgraded to it. */
  readonly oldestSchema: number;
  readonly journalMode: string;
  readonly bytes: number;
  readonly walBytes: number;
  /** Damage inside the file, at most ten lines. Null: not looked for, since the file is large and `full` is false. */
  readonly damage: readonly string[] | null;
  /** Rows that refer to missing rows. Null: not looked for, see `damage`. */
  readonly brokenReferences: number | null;
}

/** A minute of reading on a slow disk. */
const QUICK_BYTES = 2 * 1024 ** 3;

/** @throws UnusableError if it does not load */
export function inspectSqlite(): SqliteVersion {
  const database = openSqlite(":memory:", {});
  const version = String(database.prepare("SELECT sqlite_version()").pluck().get());
  database.close();
  return { version, tooOld: isTooOld(version) };
}

/**
 * A file that we may only read is not opened either. SQLite would make a -wal and a -shm of the same mode beside it and
 * leave them there, and no process could write the database from then on. Null: there is no file.
 * @throws QueuectlError if the file cannot be used or opened at all
 */
export function inspectFile(path: string, full: boolean): SqliteFacts | null {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return null;
  checkFile({ path, create: false, readOnly: false });
  for (const file of [`${path}-wal`, `${path}-shm`]) if (existsSync(file)) checkAccess(file);
  let database: Database | undefined;
  try {
    database = openSqlite(path, { timeout: SQLITE_WAIT_MS, fileMustExist: true });
    return factsOf(database, path, full);
  } catch (error) {
    throw translate(error, path);
  } finally {
    database?.close();
  }
}

function factsOf(database: Database, path: string, full: boolean): SqliteFacts {
  const pragma = (text: string) => database.pragma(text, { simple: true });
  database.pragma("query_only = ON");
  const bytes = statSync(path).size;
  const damage = bytes > QUICK_BYTES && !full ? null : damageOf(database, full ? "integrity_check" : "quick_check");
  return {
    kind: "sqlite",
    path,
    isOurs: pragma("application_id") === APPLICATION_ID,
    schema: Number(pragma("user_version")),
    ownSchema: SCHEMA_VERSION,
    oldestSchema: FIRST_SCHEMA_VERSION,
    journalMode: String(pragma("journal_mode")),
    bytes,
    walBytes: statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0,
    damage,
    brokenReferences: damage?.length === 0 ? (database.pragma("foreign_key_check") as unknown[]).length : null,
  };
}

function damageOf(database: Database, check: "integrity_check" | "quick_check"): string[] {
  try {
    const lines = (database.pragma(`${check}(10)`) as Record<string, string>[]).map((row) => String(row[check]));
    return lines.filter((line) => line !== "ok");
  } catch (error) {
    // Some damage ends the look itself.
    if (!(error as { code?: string }).code?.startsWith("SQLITE_CORRUPT")) throw error;
    return [(error as Error).message];
  }
}
