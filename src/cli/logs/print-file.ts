/**
 * Prints a log file like `tail -F`. It follows the file as it grows. After a rotation it reads the old file to its end
 * and goes on with the new one.
 */
import { statSync } from "node:fs";
import { chunks, fileSource, type Source, startOf } from "../../logs/source.js";
import { writeBytes } from "../terminal/standard-streams.js";

const LOOK_AGAIN_MS = 200;

/** Resolves to whether the file exists. With `follow` it never resolves if the file exists. */
export async function printFile(path: string, options: { lines: number | null; follow: boolean }): Promise<boolean> {
  let source = fileSource(path);
  let offset = source ? await startOf(source, options.lines) : 0;
  // Opened as soon as it is seen, since it may be rotated too before the old file is done.
  let next: Source | null = null;
  for (;;) {
    if (source) offset = await printOn(source, offset);
    if (!options.follow) {
      source?.close();
      return source !== null;
    }
    await new Promise((wake) => setTimeout(wake, LOOK_AGAIN_MS));
    if (next === null) {
      if (source && isStill(source, path)) continue;
      next = fileSource(path);
      // A writer uses the old file for a moment after the new one exists, so it is read once more.
      if (next === null || source) continue;
    }
    if (source) {
      await printOn(source, offset);
      source.close();
    }
    [source, offset, next] = [next, 0, null];
  }
}

/** Returns the end of the printed part. A file that has become shorter was emptied, and begins anew. */
async function printOn(source: Source, offset: number): Promise<number> {
  let at = source.size < offset ? 0 : offset;
  for await (const chunk of chunks(source, at)) {
    writeBytes(1, chunk);
    at += chunk.length;
  }
  return at;
}

/** Also true while there is no file of this name. */
function isStill(source: Source, path: string): boolean {
  const now = statSync(path, { throwIfNoEntry: false });
  return now === undefined || now.ino === source.inode;
}
