/**
 * Bounds the output of a running command. Its files are looked at now and then; one that exceeds the limit is cut down
 * to its head and its newest tail, with a line between that says so. The command notices nothing: its descriptor
 * appends, wherever the end is.
 *
 * So a file is as large as the limit and what is written between two looks, for a moment. What the command writes in
 * the microseconds between our last look at the size and the cut is lost and not counted.
 */
import { closeSync, fstatSync, ftruncateSync, lstatSync, openSync, readSync, writeSync } from "node:fs";
import { truncationMarker } from "../core/text/truncation-marker.js";

const LOOK_EVERY_MS = 250;

interface WatchedFile {
  /** Bytes written by the command that the file no longer has, less the bytes of our own line in it. */
  dropped: number;
}

export class OutputLimiter {
  readonly #files = new Map<string, WatchedFile>();
  readonly #maxBytes: number;
  readonly #timer: NodeJS.Timeout | null;

  /** `maxBytes` for each file; 0 is no limit. A command that ends within the first look costs a timer, nothing else. */
  constructor(paths: readonly string[], maxBytes: number) {
    this.#maxBytes = maxBytes;
    for (const path of paths) this.#files.set(path, { dropped: 0 });
    this.#timer = maxBytes > 0 ? setInterval(() => this.#look(), LOOK_EVERY_MS).unref() : null;
  }

  /** How many bytes more the command wrote to the file than it has now. */
  droppedFrom(path: string): number {
    return this.#files.get(path)?.dropped ?? 0;
  }

  /** Looks a last time. To be called once the command has ended. */
  stop(): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#look();
  }

  #look(): void {
    for (const [path, file] of this.#files) {
      try {
        const stats = lstatSync(path, { throwIfNoEntry: false });
        if (stats?.isFile() && stats.size > this.#maxBytes) cut(path, file, this.#maxBytes);
      } catch {
        // The command has made its own output unreadable. That is its affair, and nothing that we could mend.
      }
    }
  }
}

/** Leaves a quarter of the limit at either end, so that the next cut is some while off. */
function cut(path: string, file: WatchedFile, maxBytes: number): void {
  const fd = openSync(path, "r+");
  try {
    const quarter = Math.floor(maxBytes / 4);
    const tail = Buffer.allocUnsafe(quarter);
    const { size } = fstatSync(fd);
    const read = readSync(fd, tail, 0, quarter, size - quarter);
    const sizeAtCut = fstatSync(fd).size;
    ftruncateSync(fd, quarter);
    const written = sizeAtCut + file.dropped;
    const left = written - quarter - read;
    const marker = Buffer.from(truncationMarker(left, maxBytes));
    append(path, Buffer.concat([marker, tail.subarray(0, read)]));
    file.dropped = left - marker.length;
  } finally {
    closeSync(fd);
  }
}

/** The command appends at the same time: only a descriptor that appends as well never overwrites what it writes. */
function append(path: string, bytes: Buffer): void {
  const fd = openSync(path, "a");
  try {
    writeSync(fd, bytes);
  } finally {
    closeSync(fd);
  }
}
