/**
 * The identity of the file at a path. The file is not opened: a second descriptor of the database would drop SQLite's
 * locks when it is closed.
 */
import { statSync } from "node:fs";

/** Null: there is none. @throws Error if the system does not tell */
export function fileIdentity(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.dev}:${stats.ino}`;
}
