/**
 * Notices that the database is not the one any more that we have open: deleted, or replaced by a restored backup. What is
 * open lives on without a name, and whatever is enqueued goes into a file that we would never look at.
 */
import { statSync } from "node:fs";

export class DatabaseWatch {
  readonly #path: string;
  readonly #file: string | null;

  /** To be made while the database is open. */
  constructor(path: string) {
    this.#path = path;
    this.#file = fileAt(path);
  }

  isReplaced(): boolean {
    try {
      return fileAt(this.#path) !== this.#file;
    } catch {
      // The system would not tell, which says nothing about the file.
      return false;
    }
  }
}

/** Which file a path leads to; null for none. */
function fileAt(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.dev}:${stats.ino}`;
}
