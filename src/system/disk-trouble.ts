/**
 * Explains errors of a disk, of the system or of SQLite, to a user: it is full, it fails, or it is read-only. None of
 * them is a defect of queuectl.
 */
import { ShortageError, UnusableError } from "../core/errors.js";

interface Trouble {
  /** Codes of errors. SQLite's extended codes begin with the plain one. */
  readonly codes: readonly string[];
  /** Follows the path. */
  readonly says: string;
  readonly hint: string;
  /** It may pass in a moment, without a change of the setup. */
  readonly passes: boolean;
}

const TROUBLES: readonly Trouble[] = [
  {
    codes: ["ENOSPC", "EDQUOT", "SQLITE_FULL"],
    says: "cannot be written, since its disk is full",
    hint: "free some space (df) or inodes (df -i), and try again",
    passes: true,
  },
  {
    codes: ["EIO", "SQLITE_IOERR"],
    says: "cannot be used, since its disk failed",
    hint: "look at the system log for what is wrong with the disk",
    passes: true,
  },
  {
    codes: ["EROFS", "SQLITE_READONLY"],
    says: "cannot be written, since its file system is read-only",
    hint: "make it writable (after a failure of the disk: check the disk first), or choose another home",
    passes: false,
  },
];

/** Null: the error is about something else. @param path default: the path in the error */
export function diskTrouble(error: unknown, path = pathIn(error)): UnusableError | null {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const trouble = TROUBLES.find(({ codes }) => codes.some((known) => code.startsWith(known)));
  if (trouble === undefined || path === null) return null;
  const ErrorClass = trouble.passes ? ShortageError : UnusableError;
  return new ErrorClass(`${path} ${trouble.says} (${code})`, trouble.hint, error);
}

function pathIn(error: unknown): string | null {
  return error instanceof Error && "path" in error && typeof error.path === "string" ? error.path : null;
}
