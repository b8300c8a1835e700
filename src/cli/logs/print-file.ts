/**
 * A log file, as `tail -F` shows it: it is followed as it grows, and when it is rotated, to its end and then in the new
 * file of its name.
 */
import { statSync } from "node:fs";
import { fileSource, pieces, type Source, startOf } from "../../logs/source.js";
import { writeTo } from "../terminal/standard-streams.js";

const LOOK_AGAIN_MS = 200;

/** Resolves to whether there is such a file; with `follow`, never. */
export async function printFile(path: string, options: { lines: number | null; follow: boolean }): Promise<boolean> {
  let source = fileSource(path);
  let offset = source ? startOf(source, options.lines) : 0;
  // Held as soon as it is seen: it may be rotated as well before the old one is done with.
  let next: Source | null = null;
  for (;;) {
    if (source) offset = printOn(source, offset);
    if (!options.follow) {
      source?.close();
      return source !== null;
    }
    await new Promise((wake) => setTimeout(wake, LOOK_AGAIN_MS));
    if (next === null) {
      if (source && isStill(source, path)) continue;
      next = fileSource(path);
      // Whoever writes goes on in the old file for a moment after the new one is there: look at it once more.
      if (next === null || source) continue;
    }
    if (source) {
      printOn(source, offset);
      source.close();
    }
    [source, offset, next] = [next, 0, null];
  }
}

/** Returns where it ends now. A file that is shorter than before was emptied, and begins anew. */
function printOn(source: Source, offset: number): number {
  let at = source.size < offset ? 0 : offset;
  for (const piece of pieces(source, at)) {
    writeTo(1, piece);
    at += piece.length;
  }
  return at;
}

/** Also true while there is no file of this name. */
function isStill(source: Source, path: string): boolean {
  const now = statSync(path, { throwIfNoEntry: false });
  return now === undefined || now.ino === source.inode;
}
