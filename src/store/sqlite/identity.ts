/**
 * Notices that the files of an open database were deleted, emptied, or replaced by a restored backup. The open ones live
 * on without a name. None of them is opened: a second descriptor of the database would drop SQLite's locks when it is
 * closed.
 *
 * The write-ahead log and the shared memory beside the database belong to it. While a connection is open, they stay. If
 * one is deleted, later connections make another, and see nothing of what the earlier ones write.
 */
import { existsSync, statSync } from "node:fs";
import { journalFiles } from "../location.js";

/** Returns a function for a database that has just been opened: whether its path leads to other files by now. */
export function replacementOf(path: string): () => boolean {
  const opened = fileIdentity(path);
  return () => {
    try {
      return fileIdentity(path) !== opened;
    } catch {
      // The system does not tell, which says nothing about the database.
      return false;
    }
  };
}

/** Null: there is no database, or it was emptied. @throws Error if the system does not tell */
function fileIdentity(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.size === 0) return null;
  const beside = journalFiles(path).map((file) => statSync(file, { throwIfNoEntry: false })?.ino ?? "none");
  return [`${stats.dev}:${stats.ino}`, ...beside].join(" ");
}

/** Whether the write-ahead log is missing, although a connection uses it. */
export function lostJournal(path: string): boolean {
  return journalFiles(path).some((file) => !existsSync(file));
}
