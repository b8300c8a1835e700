/** Which file a path leads to now. It is only asked for: to open the database beside SQLite would drop SQLite's locks when it is closed. */
import { statSync } from "node:fs";

/** Null: there is none. @throws Error the system does not tell */
export function fileIdentity(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.dev}:${stats.ino}`;
}
