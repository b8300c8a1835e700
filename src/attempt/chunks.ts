/** Puts a large output stream into the store, chunk by chunk, so that memory holds one of them. */
import { closeSync, openSync } from "node:fs";
import { QueuectlError } from "../core/errors.js";
import { type CapturedStream, readAt } from "../exec/output.js";
import { CHUNK_BYTES, type ChunkKey, type OutputChunks, type StoredStream } from "../store/contract/store.js";

/**
 * Its file is still there afterwards. If the file cannot be read, or the store does not take its content, the record has
 * what `captured` has of it, and says so.
 * @throws QueuectlError if the store is in trouble
 */
export async function putChunks(
  chunks: Pick<OutputChunks, "put">,
  { bytes, text, file }: CapturedStream,
  key: Pick<ChunkKey, "fence" | "stream">,
): Promise<StoredStream> {
  if (file === null) return { bytes, text, place: { kind: "row" } };
  try {
    const size = await putChunksFrom(chunks, file, key, 0);
    return { bytes, text, place: { kind: "chunks", size } };
  } catch (error) {
    if (error instanceof QueuectlError) throw error;
    const why = Buffer.from(`… the whole could not be stored: ${(error as Error).message} …\n`);
    return { bytes, text: Buffer.concat([why, text]), place: { kind: "row" } };
  }
}

/** Puts the chunks of a file that has more bytes than `size` now. Resolves to its size. */
export async function putChunksFrom(
  chunks: Pick<OutputChunks, "put">,
  path: string,
  key: Omit<ChunkKey, "number">,
  size: number,
): Promise<number> {
  const fd = openSync(path, "r");
  try {
    for (let number = Math.floor(size / CHUNK_BYTES); ; number++) {
      const bytes = readAt(fd, number * CHUNK_BYTES, CHUNK_BYTES);
      if (bytes.length > 0) await chunks.put({ ...key, number }, bytes);
      if (bytes.length < CHUNK_BYTES) return number * CHUNK_BYTES + bytes.length;
    }
  } finally {
    closeSync(fd);
  }
}
