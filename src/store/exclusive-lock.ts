/**
 * A lock that the kernel releases: an exclusive transaction on a small database of its own, held open. It goes within a
 * millisecond of its owner's death, however it died; it stays while the owner is merely stopped; children do not inherit
 * it. A lock file can promise none of that.
 */
import { chmodSync } from "node:fs";
import Database from "better-sqlite3";
import { UnusableError } from "../core/errors.js";

export interface ExclusiveLock {
  release(): void;
}

/** Null: somebody else has it. @throws UnusableError the file cannot be locked at all */
export function acquireExclusiveLock(path: string): ExclusiveLock | null {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { timeout: 0 });
    db.exec("BEGIN EXCLUSIVE");
    chmodSync(path, 0o600);
    const held = db;
    return { release: () => held.close() };
  } catch (error) {
    db?.close();
    if ((error as { code?: string }).code?.startsWith("SQLITE_BUSY")) return null;
    throw new UnusableError(
      `the lock file ${path} cannot be used: ${(error as Error).message}`,
      "if it is damaged, delete it while no supervisor runs",
      error,
    );
  }
}
