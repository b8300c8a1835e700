/**
 * How far a follower has read a stream. An output that becomes too large is cut in the middle while it grows; then what lies
 * where we stand is something else, and our place is looked for by the line that was put where bytes are missing.
 */
import { findTruncationMarker, LONGEST_TRUNCATION_MARKER } from "../core/text/truncation-marker.js";
import { pieces, type Source } from "./source.js";

/** So many bytes before our place must be what they were. */
const REMEMBERED = 64;
const PIECE = 64 * 1024;

export class StreamCursor {
  #offset: number;
  /** How many bytes more than that the command has written up to our place. */
  #dropped = 0;
  #before = Buffer.alloc(0);

  constructor(offset: number) {
    this.#offset = offset;
  }

  *readOn(source: Source): Generator<Buffer> {
    if (!this.#isInPlace(source)) this.#findPlace(source);
    for (const piece of pieces(source, this.#offset)) {
      this.#offset += piece.length;
      this.#before = Buffer.from(piece.subarray(-REMEMBERED));
      yield piece;
    }
  }

  #isInPlace(source: Source): boolean {
    if (source.size < this.#offset) return false;
    const { length } = this.#before;
    return length === 0 || source.read(this.#offset - length, length).equals(this.#before);
  }

  /** Where we were, if that is still there; else the line that says what is missing. */
  #findPlace(source: Source): void {
    const line = findLine(source);
    // Its file has gone into its row at this moment, or the command emptied it: our place may come again.
    if (line === null) return;
    const dropped = line.left - (line.end - line.begin);
    const place = this.#offset + this.#dropped - dropped;
    this.#offset = place < line.end ? line.begin : place;
    this.#dropped = dropped;
    this.#before = Buffer.alloc(0);
  }
}

function findLine(source: Source) {
  for (let at = 0; at < source.size; at += PIECE) {
    const found = findTruncationMarker(source.read(at, PIECE + LONGEST_TRUNCATION_MARKER));
    if (found) return { ...found, begin: at + found.begin, end: at + found.end };
  }
  return null;
}
