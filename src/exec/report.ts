/**
 * What a command left for us in the two files that it was told of: its result, as JSON, and why it failed, in its own words.
 * Neither is there before; most commands write neither, so the usual cost is two looks at nothing. They can go when that is on disk.
 *
 * A result that cannot be kept changes nothing about how the command ended, but it is said: see `remark`.
 */
import { closeSync, lstatSync, openSync, type Stats } from "node:fs";
import type { Outcome } from "../core/job/outcome.js";
import { readAt } from "./output.js";

export interface Report {
  /** JSON text; null where there is none that can be kept. */
  readonly result: string | null;
  /** Why it failed; null where it did not, or said nothing. */
  readonly reason: string | null;
  /** Why there is no result although something was written. */
  readonly remark: string | null;
  /** Whether something is there that is to be removed. */
  readonly found: boolean;
}

const MOST_BYTES = 64 * 1024;
const MOST_REASON = 1000;
/** Whoever reads it later must be able to: parsers and printers of JSON end at a depth, some of them by a crash. */
const DEEPEST = 200;

const NOTHING: Report = { result: null, reason: null, remark: null, found: false };

/** Never throws: what a command puts there is its own affair and must not keep its end from being recorded. */
export function collectReport(paths: { readonly result: string; readonly error: string }, outcome: Outcome): Report {
  const result = take(paths.result);
  const error = take(paths.error);
  if (result === null && error === null) return NOTHING;
  const objection = result && objectionTo(result);
  const reason = failed(outcome) ? error && beginningOf(error.text.trim()) : null;
  return {
    result: result && objection === null ? result.text.trim() : null,
    reason: reason || null,
    remark: objection && `its result was not kept: ${objection}`,
    found: true,
  };
}

/** No half of a character that takes two places, which could not be stored. */
function beginningOf(text: string): string {
  return text.slice(0, MOST_REASON).replace(/[\uD800-\uDBFF]$/, "");
}

/** The others have not failed by themselves, whatever they say. */
function failed({ kind }: Outcome): boolean {
  return kind === "failed" || kind === "killed" || kind === "timed-out";
}

interface Taken {
  /** The beginning of it, where it is too long. */
  readonly text: string;
  readonly bytes: number;
  /** Why it could not be read. */
  readonly trouble: string | null;
}

/** Null: nothing is there. */
function take(path: string): Taken | null {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats === undefined ? null : read(path, stats);
  } catch (error) {
    return { text: "", bytes: 0, trouble: (error as Error).message };
  }
}

/** A command may put there whatever it likes; to read a pipe would block. */
function read(path: string, stats: Stats): Taken {
  if (!stats.isFile()) return { text: "", bytes: 0, trouble: "it is not in a regular file" };
  const fd = openSync(path, "r");
  try {
    return { text: readAt(fd, 0, Math.min(stats.size, MOST_BYTES)).toString(), bytes: stats.size, trouble: null };
  } finally {
    closeSync(fd);
  }
}

function objectionTo({ text, bytes, trouble }: Taken): string | null {
  if (trouble !== null) return trouble;
  if (bytes > MOST_BYTES) return `it has ${bytes} bytes, and the most is ${MOST_BYTES / 1024} KiB`;
  if (text.trim() === "") return "it is empty";
  try {
    JSON.parse(text);
  } catch (error) {
    return `it is not JSON: ${(error as Error).message}`;
  }
  return depthOf(text) > DEEPEST ? `it is nested deeper than ${DEEPEST} levels` : null;
}

/** Of text that is JSON. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === "[" || token === "{") deepest = Math.max(deepest, ++depth);
    else if (token === "]" || token === "}") depth--;
  }
  return deepest;
}
