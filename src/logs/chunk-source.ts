/** An output stream in the database, of which memory holds one chunk. */
import { CHUNK_BYTES, deleted } from "../queue/outputs.js";
import type { Source } from "./source.js";

/** @param get a chunk by its number; null: there is none */
export function chunkSource(get: (number: number) => Promise<Buffer | null>, size: number): Source {
  let last: { readonly number: number; readonly bytes: Buffer } | undefined;
  const chunk = async (number: number): Promise<Buffer> => {
    if (last?.number === number) return last.bytes;
    const bytes = await get(number);
    if (bytes === null) throw deleted();
    last = { number, bytes };
    return bytes;
  };
  return {
    size,
    inode: null,
    async read(offset, length) {
      const end = Math.min(offset + length, size);
      const parts: Buffer[] = [];
      for (let at = offset; at < end; ) {
        const number = Math.floor(at / CHUNK_BYTES);
        const begin = number * CHUNK_BYTES;
        const part = (await chunk(number)).subarray(at - begin, end - begin);
        if (part.length === 0) break;
        parts.push(part);
        at += part.length;
      }
      const [only] = parts;
      return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
    },
    close: () => {},
  };
}
