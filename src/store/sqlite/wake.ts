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
const LOOKS_MS = [2, 4, 8, 16, 32, 64, 128, 256] as const;

export class WakeUps {
  readonly #database: Database;
  readonly #listeners = new Set<() => void>();
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;
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
    this.#version = this.#dataVersion();
    try {
      // Not persistent: to wait for work is not a reason to stay alive.
      this.#watcher = watch(`${this.#database.name}-wal`, { persistent: false }, () => this.#changed());
      this.#watcher.on("error", () => this.#watcher?.close());
    } catch {
      this.#watcher = undefined;
    }
  }

  #changed(): void {
    this.#looks = 0;
    if (this.#timer === undefined) this.#lookLater();
  }

  #lookLater(): void {
    const delay = LOOKS_MS[this.#looks++];
    this.#timer = delay === undefined ? undefined : setTimeout(() => this.#look(), delay).unref();
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
