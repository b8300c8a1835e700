/**
 * Collects what a command left in two files: its result as JSON, and in its own words why it failed. Neither file
 * exists before, and most commands write neither, so the usual cost is two failed lookups. The files can go once their
 * content is on disk.
 *
 * A result that cannot be kept does not change how the command ended, but `remark` tells of it.
 */
import { isUtf8 } from "node:buffer";
import { closeSync, lstatSync, openSync, type Stats } from "node:fs";
import type { Outcome } from "../core/job/outcome.js";
import { readAt } from "./output.js";

export interface Report {
  /** JSON text. Null: there is none, or it cannot be kept. */
  readonly result: string | null;
  /** Why the command failed. Null: it did not fail, or said nothing. */
  readonly reason: string | null;
  /** Why there is no result although the command wrote one. Null: no such problem. */
  readonly remark: string | null;
  /** Whether there are files to remove. */
  readonly found: boolean;
}

const MOST_BYTES = 64 * 1024;
const MOST_REASON = 1000;
/** Later readers must cope with it: parsers and printers of JSON fail at some depth, some of them by a crash. */
const DEEPEST = 200;

const NOTHING: Report = { result: null, reason: null, remark: null, found: false };

/** Never throws: the command's end must be recorded, no matter what the files hold. */
export function collectReport(paths: { readonly result: string; readonly error: string }, outcome: Outcome): Report {
  const result = take(paths.result);
  const error = take(paths.error);
  if (result === null && error === null) return NOTHING;
  const problem = result && problemOf(result);
  const reason = failed(outcome) ? error && beginningOf(error.text.trim()) : null;
  return {
    result: result && problem === null ? result.text.trim() : null,
    reason: reason || null,
    remark: problem && `its result was not kept: ${problem}`,
    found: true,
  };
}

/** Never ends in half of a surrogate pair, which could not be stored. */
function beginningOf(text: string): string {
  return text.slice(0, MOST_REASON).replace(/[\uD800-\uDBFF]$/, "");
}

/** Any other outcome is not the command's own failure, so its reason is ignored. */
export function failed({ kind }: Outcome): boolean {
  return kind === "failed" || kind === "killed" || kind === "timed-out";
}

interface Taken {
  /** The beginning, if it is too long. */
  readonly text: string;
  readonly bytes: number;
  readonly isUtf8: boolean;
  /** Why the file could not be read. Null: it was read. */
  readonly trouble: string | null;
}

/** Null: there is no file. */
function take(path: string): Taken | null {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats === undefined ? null : read(path, stats);
  } catch (error) {
    return { text: "", bytes: 0, isUtf8: true, trouble: (error as Error).message };
  }
}

/** A command may put anything there, and reading a pipe would block. */
function read(path: string, stats: Stats): Taken {
  if (!stats.isFile()) return { text: "", bytes: 0, isUtf8: true, trouble: "it is not in a regular file" };
  const fd = openSync(path, "r");
  try {
    const bytes = readAt(fd, 0, Math.min(stats.size, MOST_BYTES));
    return { text: bytes.toString(), bytes: stats.size, isUtf8: isUtf8(bytes), trouble: null };
  } finally {
    closeSync(fd);
  }
}

function problemOf({ text, bytes, isUtf8, trouble }: Taken): string | null {
  if (trouble !== null) return trouble;
  if (bytes > MOST_BYTES) return `it has ${bytes} bytes, and the most is ${MOST_BYTES / 1024} KiB`;
  if (!isUtf8) return "it is not UTF-8 text";
  if (text.trim() === "") return "it is empty";
  try {
    JSON.parse(text);
  } catch (error) {
    return `it is not JSON: ${(error as Error).message}`;
  }
  return depthOf(text) > DEEPEST ? `it is nested deeper than ${DEEPEST} levels` : null;
}

/** Expects JSON text. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === "[" || token === "{") deepest = Math.max(deepest, ++depth);
    else if (token === "]" || token === "}") depth--;
  }
  return deepest;
}
