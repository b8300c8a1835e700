/**
 * A lock that the kernel releases: an exclusive transaction on a small database of its own, held open. If its owner
 * dies, however that happens, the lock goes within a millisecond. It stays while the owner is merely stopped. Children
 * do not inherit it. A lock file can promise none of that.
 */
import { chmodSync, statSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { UnusableError } from "../core/errors.js";
import { diskTrouble } from "./disk-trouble.js";
import { openSqlite } from "./sqlite-module.js";

export interface ExclusiveLock {
  release(): void;
}

/** Null: another process holds it. @throws UnusableError if the file cannot be locked at all */
export function acquireExclusiveLock(path: string): ExclusiveLock | null {
  let db: Database | undefined;
  // SQLite's own files beside it take over its mode.
  const before = process.umask(0o077);
  try {
    db = openSqlite(path, { timeout: 0 });
    db.exec("BEGIN EXCLUSIVE");
    chmodSync(path, 0o600);
    const held = db;
    return { release: () => held.close() };
  } catch (error) {
    db?.close();
    if (error instanceof UnusableError) throw error;
    if ((error as { code?: string }).code?.startsWith("SQLITE_BUSY")) return null;
    const trouble = diskTrouble(error, `the lock file ${path}`);
    if (trouble !== null) throw trouble;
    throw new UnusableError(
      `the lock file ${path} cannot be used: ${(error as Error).message}`,
      "if it is damaged, delete it while no supervisor runs",
      error,
    );
  } finally {
    process.umask(before);
  }
}

/**
 * Whether a process holds the lock. Does not take it: a look is a read, for an instant, and makes no file.
 * @throws Error if the file cannot be looked at
 */
export function isExclusivelyLocked(path: string): boolean {
  // To open a FIFO would wait for a writer.
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const db = openSqlite(path, { readonly: true, timeout: 0 });
  try {
    db.prepare("SELECT 1 FROM sqlite_schema").get();
    return false;
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith("SQLITE_BUSY")) return true;
    throw error;
  } finally {
    db.close();
  }
}
