/** A file that grows, as `tail -f` shows it. */

import { writeTo } from "../standard-streams.js";
import { startOf } from "./print-logs.js";
import { fileSource, pieces } from "./stream.js";

const LOOK_AGAIN_MS = 200;

/** Resolves to whether there is such a file; with `follow`, never. */
export async function printFile(path: string, options: { lines: number | null; follow: boolean }): Promise<boolean> {
  let offset: number | null = null;
  for (;;) {
    const source = fileSource(path);
    if (source) {
      // Shorter than before: it was rotated, and begins anew.
      if (offset === null) offset = startOf(source, options.lines);
      else if (source.size < offset) offset = 0;
      for (const piece of pieces(source, offset)) {
        writeTo(1, piece);
        offset += piece.length;
      }
      source.close();
    }
    if (!options.follow) return source !== null;
    await new Promise((wake) => setTimeout(wake, LOOK_AGAIN_MS));
  }
}
