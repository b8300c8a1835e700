/**
 * Explains SQLite's result codes. A code about the file or the disk becomes an {@link UnusableError} with a hint; a
 * lock is waited for elsewhere. Any other code (a broken constraint, a mistake in SQL) is a bug of ours and passes
 * unchanged.
 */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { QueuectlError, ShortageError, StoreBusyError, UnusableError } from "../../core/errors.js";

interface Meaning {
  readonly code: string;
  readonly says: (path: string, detail: string) => string;
  readonly hint: string;
  /** It may pass in a moment, without a change of the setup. */
  readonly passes?: true;
}

/** Matched by prefix: SQLite's extended codes begin with the plain one. */
const MEANINGS: readonly Meaning[] = [
  {
    code: "SQLITE_NOTADB",
    says: (path) => `${path} is not a SQLite database`,
    hint: "name another one with --home, --db or QUEUECTL_DB; if it was the queue's, it was overwritten: restore a backup",
  },
  {
    code: "SQLITE_CORRUPT",
    says: (path, detail) => `the database ${path} is damaged: ${detail}`,
    hint: "stop the workers, copy the file with its -wal and -shm, and try: sqlite3 queuectl.db .recover",
  },
  {
    code: "SQLITE_FULL",
    says: (path, detail) => `the disk that holds ${path} is full: ${detail}`,
    hint: "free some space and try again; nothing was changed",
    passes: true,
  },
  {
    code: "SQLITE_READONLY",
    says: (path, detail) => `the database ${path} cannot be written: ${detail}`,
    hint: "check the owner and the mode of the file and of its directory, and that the file system is writable",
  },
  {
    code: "SQLITE_CANTOPEN",
    says: (path, detail) => `the database ${path} cannot be opened: ${detail}`,
    hint: "check that its directory exists, and the owner and the mode of both",
  },
  {
    code: "SQLITE_PERM",
    says: (path, detail) => `the database ${path} cannot be opened: ${detail}`,
    hint: "check the owner and the mode of the file and of its directory",
  },
  {
    code: "SQLITE_IOERR",
    says: (path, detail) => `the disk that holds ${path} failed: ${detail}`,
    hint: "look at the system log for what is wrong with the disk; nothing was changed",
    passes: true,
  },
];

export function isBusy(error: unknown): boolean {
  return sqliteCode(error)?.startsWith("SQLITE_BUSY") ?? false;
}

/** Space that SQLite may need at once, in bytes. With less on the disk, that is why it failed. */
const LEAST_FREE_BYTES = 64 * 1024;

/** The error to throw instead of `error`. */
export function translate(error: unknown, path: string, free: (path: string) => number = freeBytes): unknown {
  if (error instanceof QueuectlError) return error;
  // Calls that may wait have waited already. This one was in the middle of a transaction, which is rolled back.
  if (isBusy(error)) return new StoreBusyError(path, 0, error);
  const code = sqliteCode(error);
  // The shared memory beside the database cannot grow on a full disk either, and SQLite reports that as a disk failure.
  const isFull = code?.startsWith("SQLITE_IOERR") && free(path) < LEAST_FREE_BYTES;
  const meaning = MEANINGS.find((known) => (isFull ? "SQLITE_FULL" : code)?.startsWith(known.code));
  if (meaning === undefined) return error;
  const ErrorClass = meaning.passes ? ShortageError : UnusableError;
  return new ErrorClass(meaning.says(path, `${(error as Error).message} (${code})`), meaning.hint, error);
}

/** Free bytes on the disk of a file, as far as the system tells. */
function freeBytes(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" && error.code.startsWith("SQLITE_") ? error.code : undefined;
}
