/**
 * Collects the output of a command after its end. A short stream goes into the attempt's row, and its file can go once
 * that is on disk. For a long stream the row keeps head and tail, and the file stays. Bytes are never decoded, so
 * output that is no UTF-8 stays as it was.
 */
import { closeSync, lstatSync, openSync, readFileSync, readSync } from "node:fs";
import type { OutputLimiter } from "./output-limiter.js";

export interface CapturedStream {
  /** All bytes that the command wrote, kept or not. */
  readonly bytes: number;
  /** The whole stream if it is short; otherwise head and tail with a truncation marker between them. */
  readonly text: Buffer;
  /** Path of the whole stream. Null: `text` has all of it. */
  readonly file: string | null;
}

const WHOLE_BYTES = 16 * 1024;
const HEAD_BYTES = 4 * 1024;
const TAIL_BYTES = 12 * 1024;
const NOTHING: CapturedStream = { bytes: 0, text: Buffer.alloc(0), file: null };

/**
 * Never throws: a command may make its output unreadable, and its end must still be recorded. A missing file is an
 * empty stream, and an empty file costs one look.
 * @param limiter what has bounded the file. Null: nothing
 * @param whole where the reader of head and tail finds the whole of a long stream
 */
export function collectOutput(
  path: string,
  limiter: Pick<OutputLimiter, "sizeWithin" | "droppedFrom"> | null = null,
  whole = path,
): CapturedStream {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    // A command may put anything there, and reading a pipe would block.
    if (!stats?.isFile()) return NOTHING;
    const size = limiter?.sizeWithin(path, stats.size) ?? stats.size;
    return read({ path, size, whole }, limiter?.droppedFrom(path) ?? 0);
  } catch (error) {
    const dropped = limiter?.droppedFrom(path) ?? 0;
    return { bytes: dropped, text: Buffer.from(`… it cannot be read: ${(error as Error).message} …\n`), file: path };
  }
}

interface OutputFile {
  readonly path: string;
  readonly size: number;
  readonly whole: string;
}

function read(file: OutputFile, dropped: number): CapturedStream {
  const { path, size } = file;
  const bytes = size + dropped;
  if (size > WHOLE_BYTES || dropped !== 0) return { bytes, text: headAndTail(file, bytes), file: path };
  const text = size === 0 ? NOTHING.text : readFileSync(path);
  // The read bytes count: the file may have grown in the meantime.
  return { bytes: text.length, text, file: null };
}

function headAndTail({ path, size, whole }: OutputFile, bytes: number): Buffer {
  const fd = openSync(path, "r");
  try {
    if (size <= WHOLE_BYTES) return readAt(fd, 0, size);
    const left = bytes - HEAD_BYTES - TAIL_BYTES;
    const what = bytes === size ? "the whole" : "what was kept";
    const marker = Buffer.from(`\n… ${left} bytes left out; ${what} is in ${whole} …\n`);
    return Buffer.concat([readAt(fd, 0, HEAD_BYTES), marker, readAt(fd, size - TAIL_BYTES, TAIL_BYTES)]);
  } finally {
    closeSync(fd);
  }
}

export function readAt(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  return buffer.subarray(0, readSync(fd, buffer, 0, length, position));
}
