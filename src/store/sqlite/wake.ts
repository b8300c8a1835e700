/**
 * Wakes those who wait for work when another process has written. A commit writes to the WAL file, so we watch that file;
 * whether it was somebody else who wrote says `PRAGMA data_version`, which our own commits do not change.
 *
 * The file changes a moment before the commit can be seen (between the two lies the fsync), so after a change we look
 * several times, for longer than a disk should take. Where the file cannot be watched nothing happens here: callers poll
 * as well.
 */
import { type FSWatcher, watch } from "node:fs";
import type { Database } from "better-sqlite3";

/** When to look after the file has changed, in ms from the last look. */
const LOOKS_MS = [1, 1, 2, 2, 4, 4, 8, 16, 32, 64, 128, 256] as const;

export class WakeUps {
  readonly #database: Database;
  readonly #listeners = new Set<() => void>();
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer is due, by the monotonic clock. */
  #lookAt = 0;
  #looks = 0;
  /** Kept from one listener to the next, so that nothing is missed while nobody listens. */
  #version: unknown;

  constructor(database: Database) {
    this.#database = database;
  }

  on(wake: () => void): () => void {
    const listener = () => wake();
    this.#listeners.add(listener);
    if (this.#watcher === undefined) this.#watch();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  close(): void {
    this.#listeners.clear();
    this.#watcher?.close();
    this.#watcher = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #watch(): void {
    try {
      // Not persistent: to wait for work is not a reason to stay alive.
      this.#watcher = watch(`${this.#database.name}-wal`, { persistent: false }, () => this.#changed());
      this.#watcher.on("error", () => this.#watcher?.close());
    } catch {
      this.#watcher = undefined;
    }
    // What was written before the watch began, and since somebody last looked.
    this.#lookLater();
  }

  #changed(): void {
    this.#looks = 0;
    // Never later than it was: whoever writes all the time must not put the look off for ever.
    if (this.#timer === undefined || this.#lookAt - performance.now() > LOOKS_MS[0]) this.#lookLater();
  }

  #lookLater(): void {
    clearTimeout(this.#timer);
    const delay = LOOKS_MS[this.#looks++];
    if (delay === undefined) {
      this.#timer = undefined;
      return;
    }
    this.#lookAt = performance.now() + delay;
    this.#timer = setTimeout(() => this.#look(), delay).unref();
  }

  #look(): void {
    const version = this.#dataVersion();
    const changed = version === undefined || version !== this.#version;
    this.#version = version;
    // Another commit may be right behind the one that was seen, its file change already past.
    if (changed) this.#looks = 0;
    this.#lookLater();
    if (changed) for (const listener of [...this.#listeners]) listener();
  }

  /** Undefined when it cannot be known now: then everybody is woken for nothing. */
  #dataVersion(): unknown {
    try {
      return this.#database.inTransaction ? undefined : this.#database.pragma("data_version", { simple: true });
    } catch {
      return undefined;
    }
  }
}
