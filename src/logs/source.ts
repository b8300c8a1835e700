/**
 * Finds an output stream of an attempt. While the attempt runs, the stream is in its files. Afterwards a short stream
 * is in the row, and a long one still in its file.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { outputPaths } from "../attempt/paths.js";
import type { Home } from "../home/home.js";
import type { Client } from "../queue/client.js";
import type { Attempt } from "../queue/jobs/job.js";
import type { StoredStream } from "../queue/jobs/jobs.js";

export const STREAMS = ["stdout", "stderr"] as const;
export type StreamName = (typeof STREAMS)[number];

const CHUNK_BYTES = 64 * 1024;

/** One stream, readable from any offset. */
export interface Source {
  /** Bytes at the opening; a file may grow. */
  readonly size: number;
  /** Tells a file from another one of the same name. Null: the source is no file. */
  readonly inode: number | null;
  /** At most `length` bytes from `offset`; empty at the end. */
  read(offset: number, length: number): Buffer;
  close(): void;
}

/** Both streams as they are now. Null: the attempt is gone. */
export async function openStreams(client: Client, attempt: Attempt): Promise<Record<StreamName, Source> | null> {
  if (attempt.outcome === null) {
    const paths = outputPaths(client.home, attempt.fence);
    return mapStreams((name) => fileSource(paths[name]) ?? bufferSource(Buffer.alloc(0)));
  }
  const output = await client.jobs.output(attempt);
  return output && mapStreams((name) => storedSource(client.home, output[name]));
}

function mapStreams(open: (name: StreamName) => Source): Record<StreamName, Source> {
  return { stdout: open("stdout"), stderr: open("stderr") };
}

/** If the file of the row is gone or unreadable, the part that the row kept is used. */
function storedSource(home: Home, { file, text }: StoredStream): Source {
  try {
    return (file === null ? null : fileSource(join(home.dir, file))) ?? bufferSource(text);
  } catch {
    return bufferSource(text);
  }
}

function bufferSource(text: Buffer): Source {
  return {
    size: text.length,
    inode: null,
    read: (offset, length) => text.subarray(offset, offset + length),
    close: () => {},
  };
}

/** Null: there is no such file. */
export function fileSource(path: string): Source | null {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  return {
    get size() {
      return fstatSync(file).size;
    },
    inode: fstatSync(file).ino,
    read(offset, length) {
      const buffer = Buffer.allocUnsafe(length);
      return buffer.subarray(0, readSync(file, buffer, 0, length, offset));
    },
    close: () => closeSync(file),
  };
}

/** From `offset` to the end that the source has now. */
export function* chunks(source: Source, offset = 0): Generator<Buffer> {
  const { size } = source;
  for (let at = offset; at < size; ) {
    const chunk = source.read(at, Math.min(CHUNK_BYTES, size - at));
    if (chunk.length === 0) return;
    yield chunk;
    at += chunk.length;
  }
}

/** Offset of the last `lines` lines. */
export function tailOffset(source: Source, lines: number): number {
  const { size } = source;
  if (lines === 0) return size;
  let wanted = lines;
  for (let end = size; end > 0; end -= CHUNK_BYTES) {
    const begin = Math.max(0, end - CHUNK_BYTES);
    const chunk = source.read(begin, end - begin);
    for (let i = chunk.length - 1; i >= 0; i--) {
      // The line end at the very end belongs to the last line.
      if (chunk[i] === 10 && begin + i !== size - 1 && --wanted === 0) return begin + i + 1;
    }
  }
  return 0;
}

/** Offset of the last `lines` lines. Null: all lines, so 0. */
export function startOf(source: Source, lines: number | null): number {
  return lines === null ? 0 : tailOffset(source, lines);
}
