/**
 * Bounds the output of a running command. It looks at the output files now and then. If a file exceeds the limit, it is
 * cut to its head and its newest tail, with a truncation marker between them. The command notices nothing: its
 * descriptor appends at the end, wherever that is.
 *
 * For a moment a file is as large as the limit plus the output between two looks. Output that the command writes in the
 * microseconds between the last look at the size and the cut is lost and not counted.
 */
import { closeSync, fstatSync, ftruncateSync, lstatSync, openSync, readSync, writeSync } from "node:fs";
import { truncationMarker } from "../core/text/truncation-marker.js";

const LOOK_EVERY_MS = 250;

interface WatchedFile {
  /** Bytes of the command that the file no longer has, less the bytes of the marker in it. */
  dropped: number;
}

export class OutputLimiter {
  readonly #files = new Map<string, WatchedFile>();
  readonly #maxBytes: number;
  readonly #timer: NodeJS.Timeout | null;

  /** `maxBytes` for each file; 0 means no limit. A command that ends before the first look costs one timer. */
  constructor(paths: readonly string[], maxBytes: number) {
    this.#maxBytes = maxBytes;
    for (const path of paths) this.#files.set(path, { dropped: 0 });
    this.#timer = maxBytes > 0 ? setInterval(() => this.#look(), LOOK_EVERY_MS).unref() : null;
  }

  /** How many bytes more the command wrote than the file has now. */
  droppedFrom(path: string): number {
    return this.#files.get(path)?.dropped ?? 0;
  }

  /** Looks a last time. Call it once the command has ended. */
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
        // The command has made its own output unreadable. We cannot mend that.
      }
    }
  }
}

/** Keeps a quarter of the limit at either end, so that the next cut is some while off. */
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

/** The command appends at the same time. Only a descriptor that appends too never overwrites its bytes. */
function append(path: string, bytes: Buffer): void {
  const fd = openSync(path, "a");
  try {
    writeSync(fd, bytes);
  } finally {
    closeSync(fd);
  }
}
