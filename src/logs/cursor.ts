/**
 * Position of a follower in a stream. If the output grows too large, it is cut in the middle while it grows. Then other
 * bytes lie at the position, and the cursor finds it again by the truncation marker.
 */
import { findTruncationMarker, LONGEST_TRUNCATION_MARKER } from "../core/text/truncation-marker.js";
import { chunks, type Source } from "./source.js";

/** So many bytes before the position must be unchanged. */
const REMEMBERED = 64;
const CHUNK_BYTES = 64 * 1024;

export class StreamCursor {
  #offset: number;
  /** Bytes that the command wrote before the position and that the file no longer has. */
  #dropped = 0;
  #before = Buffer.alloc(0);

  constructor(offset: number) {
    this.#offset = offset;
  }

  async *readOn(source: Source): AsyncGenerator<Buffer> {
    // A look into a database costs something. If other bytes came there, more come soon.
    if (source.inode === null && source.size === this.#offset) return;
    if (!(await this.#isInPlace(source))) await this.#findPlace(source);
    for await (const chunk of chunks(source, this.#offset)) {
      this.#offset += chunk.length;
      this.#before = Buffer.from(chunk.subarray(-REMEMBERED));
      yield chunk;
    }
  }

  async #isInPlace(source: Source): Promise<boolean> {
    if (source.size < this.#offset) return false;
    const { length } = this.#before;
    return length === 0 || (await source.read(this.#offset - length, length)).equals(this.#before);
  }

  /** Stays where it was if the bytes there are unchanged. Otherwise moves by the truncation marker. */
  async #findPlace(source: Source): Promise<void> {
    const line = await findLine(source);
    // The file has just moved into its row, or the command emptied it. The position may come back.
    if (line === null) return;
    const dropped = line.left - (line.end - line.begin);
    const place = this.#offset + this.#dropped - dropped;
    this.#offset = place < line.end ? line.begin : place;
    this.#dropped = dropped;
    this.#before = Buffer.alloc(0);
  }
}

async function findLine(source: Source) {
  for (let at = 0; at < source.size; at += CHUNK_BYTES) {
    const found = findTruncationMarker(await source.read(at, CHUNK_BYTES + LONGEST_TRUNCATION_MARKER));
    if (found) return { ...found, begin: at + found.begin, end: at + found.end };
  }
  return null;
}
