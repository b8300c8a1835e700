/**
 * What a command wrote, after it ended. A short stream goes into the attempt's row and its file away; of a long one the
 * row keeps head and tail, and the file stays. Bytes are never decoded: what was not UTF-8 stays what it was.
 */
import { closeSync, lstatSync, openSync, readFileSync, readSync, type Stats, unlinkSync } from "node:fs";

export { OutputLimiter } from "./output-limiter.js";

export interface CapturedStream {
  /** All that the command wrote, kept or not. */
  readonly bytes: number;
  /** The stream itself when it is short; otherwise its head and tail, with a line between that says so. */
  readonly text: Buffer;
  /** Where the stream is, when `text` is not all of it. */
  readonly file: string | null;
}

const WHOLE_BYTES = 16 * 1024;
const HEAD_BYTES = 4 * 1024;
const TAIL_BYTES = 12 * 1024;
const NOTHING: CapturedStream = { bytes: 0, text: Buffer.alloc(0), file: null };

/**
 * `dropped`: how many bytes more the command wrote than the file has, as {@link OutputLimiter.droppedFrom} tells.
 * No file is an empty stream. @throws Error if the file is there but cannot be read.
 */
export function collectOutput(path: string, dropped = 0): CapturedStream {
  const file = regularFile(path);
  if (!file) return NOTHING;
  const bytes = file.size + dropped;
  if (file.size > WHOLE_BYTES || dropped !== 0) return { bytes, text: headAndTail(path, file.size, bytes), file: path };
  const text = file.size === 0 ? NOTHING.text : readFileSync(path);
  unlinkSync(path);
  // What was read is what counts: something may have written on in the meantime.
  return { bytes: text.length, text, file: null };
}

/** A command may replace its output by whatever it likes; to read a pipe would block. */
function regularFile(path: string): Stats | null {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? stats : null;
}

function headAndTail(path: string, size: number, bytes: number): Buffer {
  const fd = openSync(path, "r");
  try {
    if (size <= WHOLE_BYTES) return readAt(fd, 0, size);
    const left = bytes - HEAD_BYTES - TAIL_BYTES;
    const where = bytes === size ? "the whole" : "what was kept";
    const marker = Buffer.from(`\n… ${left} bytes left out; ${where} is in ${path} …\n`);
    return Buffer.concat([readAt(fd, 0, HEAD_BYTES), marker, readAt(fd, size - TAIL_BYTES, TAIL_BYTES)]);
  } finally {
    closeSync(fd);
  }
}

export function readAt(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  return buffer.subarray(0, readSync(fd, buffer, 0, length, position));
}
