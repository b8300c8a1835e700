/**
 * Whether there is disk space for another job. On a full disk a job that writes fails through no fault of its own, and
 * its result cannot be recorded. So if little space is left, no job starts, and running ones may finish.
 */
import type { Clock } from "../core/clock.js";
import { freeBytes, LEAST_FREE_BYTES } from "../home/free-space.js";

/** A look costs a system call, and a disk does not fill up faster. Milliseconds. */
const LOOK_EVERY_MS = 1000;
const TELL_EVERY_MS = 60_000;

export class DiskSpace {
  readonly #dir: string;
  readonly #clock: Clock;
  readonly #onFull: (freeBytes: number) => void;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #toldAt = Number.NEGATIVE_INFINITY;
  #hasRoom = true;

  /** @param onFull called now and then while the disk is full */
  constructor(dir: string, clock: Clock, onFull: (freeBytes: number) => void) {
    this.#dir = dir;
    this.#clock = clock;
    this.#onFull = onFull;
  }

  hasRoom(): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#lookedAt < LOOK_EVERY_MS) return this.#hasRoom;
    this.#lookedAt = now;
    const free = freeBytes({ dir: this.#dir });
    this.#hasRoom = free >= LEAST_FREE_BYTES;
    if (!this.#hasRoom && now - this.#toldAt >= TELL_EVERY_MS) {
      this.#toldAt = now;
      this.#onFull(free);
    }
    return this.#hasRoom;
  }
}
