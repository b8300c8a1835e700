/**
 * Wakes processes that wait for work when another process has written. A commit writes to the WAL file, so we watch
 * that file. `PRAGMA data_version` tells whether another process wrote, since our own commits do not change it.
 *
 * The file changes a moment before the commit can be seen (the fsync lies between). So after a change we look several
 * times, for longer than a disk should take. Where the file cannot be watched, nothing happens here: callers poll as
 * well.
 *
 * A worker listens between its passes, and not while all of its slots are full. So the watch outlives a listener, and
 * ends with the first change that nothing listens for: an idle worker keeps its watch, and a busy one is not woken by
 * each of its own commits.
 */
import { type FSWatcher, watch } from "node:fs";
import type { Database, Statement } from "better-sqlite3";
import { isBusy } from "./errors.js";

/** Milliseconds from one look to the next after the file has changed. */
const LOOKS_MS = [1, 1, 2, 4, 8, 24, 80, 240] as const;
/** Looks that are left out after a commit was seen: only another one right behind it is still looked for. */
const FIRST_LOOKS = 4;

export class WakeUps {
  readonly #database: Database;
  readonly #listeners = new Set<() => void>();
  /** Prepared once: unlike some other PRAGMAs, this one acts when it is run. */
  #statement: Statement | undefined;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Time of the next look, on the monotonic clock. */
  #lookAt = 0;
  /** Number of looks since the file has changed. */
  #looks = 0;
  /** Kept from one listener to the next, so that no change is missed in between. */
  #version: unknown;

  constructor(database: Database) {
    this.#database = database;
  }

  on(wake: () => void): () => void {
    const listener = () => wake();
    this.#listeners.add(listener);
    if (this.#watcher === undefined) this.#watch();
    // The looks that were still to come when the last listener went.
    else if (this.#timer === undefined) this.#lookLater();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stopLooking();
    };
  }

  close(): void {
    this.#listeners.clear();
    this.#unwatch();
  }

  /** Null: it cannot be known now. */
  version(): unknown {
    try {
      return this.#read();
    } catch {
      return null;
    }
  }

  #watch(): void {
    try {
      // Not persistent: waiting for work is no reason to stay alive.
      this.#watcher = watch(`${this.#database.name}-wal`, { persistent: false }, () => this.#changed());
      this.#watcher.on("error", () => this.#unwatch());
    } catch {
      this.#watcher = undefined;
    }
    // Finds writes from before the watch began, since the last look.
    this.#looks = 0;
    this.#lookLater();
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#stopLooking();
  }

  #changed(): void {
    if (this.#listeners.size === 0) return this.#unwatch();
    this.#looks = 0;
    // Never later than it was: a process that writes all the time must not delay the look without end.
    if (this.#timer === undefined || this.#lookAt - performance.now() > LOOKS_MS[0]) this.#lookLater();
  }

  #lookLater(): void {
    this.#stopLooking();
    const delay = LOOKS_MS[this.#looks];
    if (delay === undefined) return;
    this.#lookAt = performance.now() + delay;
    this.#timer = setTimeout(() => this.#look(), delay).unref();
  }

  #stopLooking(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** A commit that is seen ends nothing: another one may be right behind it, its change of the file already past. */
  #look(): void {
    this.#looks++;
    const version = this.#versionOrLast();
    const changed = version === null || version !== this.#version;
    this.#version = version;
    if (changed) this.#looks = Math.max(this.#looks, FIRST_LOOKS);
    this.#lookLater();
    if (changed) for (const listener of [...this.#listeners]) listener();
  }

  /**
   * Null: it cannot be known now, and every listener is woken without cause. If the database cannot be used, it stays as
   * it was: a listener that were woken would fail, and listen again, as fast as it can.
   */
  #versionOrLast(): unknown {
    try {
      return this.#read();
    } catch (error) {
      return isBusy(error) ? null : this.#version;
    }
  }

  #read(): unknown {
    if (this.#database.inTransaction) return null;
    this.#statement ??= this.#database.prepare("PRAGMA data_version").pluck();
    return this.#statement.get();
  }
}
