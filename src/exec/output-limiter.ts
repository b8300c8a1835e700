/**
 * Bounds the output of a running command. It looks at the output files now and then. If a file exceeds the limit, it is
 * cut to its head and its newest tail, with a truncation marker between them. The command notices nothing: its
 * descriptor appends at the end, wherever that is.
 *
 * For a moment a file is as large as the limit plus the output between two looks. Output that the command writes in the
 * microseconds between the last look at the size and the cut is lost and not counted.
 *
 * All commands share one timer: to make one for each would cost a short command more than anything else here.
 */
import { closeSync, fstatSync, ftruncateSync, lstatSync, openSync, readSync, writeSync } from "node:fs";
import { truncationMarker } from "../core/text/truncation-marker.js";

const LOOK_EVERY_MS = 250;

interface WatchedFile {
  /** Bytes of the command that the file no longer has, less the bytes of the marker in it. */
  dropped: number;
}

/** The limiters of running commands. */
const looking = new Set<OutputLimiter>();
let timer: NodeJS.Timeout | undefined;

/** Ends by itself once no command runs. */
function lookAtAll(): void {
  for (const limiter of looking) limiter.look();
  if (looking.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

export class OutputLimiter {
  readonly #files = new Map<string, WatchedFile>();
  readonly #maxBytes: number;

  /** `maxBytes` for each file; 0 means no limit. */
  constructor(paths: readonly string[], maxBytes: number) {
    this.#maxBytes = maxBytes;
    for (const path of paths) this.#files.set(path, { dropped: 0 });
    if (maxBytes <= 0) return;
    looking.add(this);
    timer ??= setInterval(lookAtAll, LOOK_EVERY_MS).unref();
  }

  /** How many bytes more the command wrote than the file has now. */
  droppedFrom(path: string): number {
    return this.#files.get(path)?.dropped ?? 0;
  }

  /** Looks no more. Call it once the command has ended. */
  stop(): void {
    looking.delete(this);
  }

  /**
   * The last look at a file, for a caller that knows its size. Returns the size that the file has then. Never throws: a
   * file that cannot be cut stays as it is.
   */
  sizeWithin(path: string, size: number): number {
    const file = this.#files.get(path);
    if (file === undefined || this.#maxBytes <= 0 || size <= this.#maxBytes) return size;
    try {
      cut(path, file, this.#maxBytes);
      return lstatSync(path).size;
    } catch {
      return size;
    }
  }

  /** Cuts the files that are too large. */
  look(): void {
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
