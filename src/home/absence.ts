/**
 * Why there is no queue to look at. A command that only looks makes neither home nor database. It shows an empty queue,
 * and this is its remark about it.
 */

import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { UnusableError } from "../core/errors.js";
import { quoteWord } from "../core/text/quote-word.js";
import { databaseExists, databaseFile, isEmptyFile } from "../store/location.js";
import type { Home } from "./home.js";
import type { Finding } from "./trust.js";

/** What is missing, as a sentence, and what to do about it. */
export interface Absence {
  readonly message: string;
  /** Undefined: the queue can be used. */
  readonly hint?: string;
}

const HINT = "queuectl enqueue makes one; --home DIR or QUEUECTL_HOME names another home";

/** Null: there is a queue. */
export function absenceOf({ dir, database }: Home): Absence | null {
  if (!databaseExists(database)) {
    const missing = existsSync(dir) ? `no database at ${database.shown}` : `no home at ${dir}`;
    return { message: `There is ${missing}, so there is no queue yet`, hint: HINT };
  }
  if (isEmptyFile(database))
    return { message: `The database ${database.shown} is an empty file, so there is no queue in it yet`, hint: HINT };
  return existsSync(dir) ? null : { message: `There is no home at ${dir}, only the database ${database.shown}` };
}

/** @throws UnusableError if the database has lost its content */
export function checkNotEmptied(home: Home): void {
  const lost = lostContent(home);
  if (lost !== null) throw new UnusableError(lost.message, lost.hint);
}

/** A home whose jobs left output had a database that was not empty. Null: nothing shows that anything was lost. */
export function lostContent({ dir, database, outputDir }: Home): Finding | null {
  const path = databaseFile(database);
  if (path === null || dirname(path) !== dir || !isEmptyFile(database)) return null;
  if (!existsSync(outputDir) || !hasFiles(outputDir)) return null;
  return {
    message: `the database ${path} is an empty file, although ${outputDir} has the output of jobs: its content was lost`,
    hint: `restore a backup; without one, begin anew with: rm ${quoteWord(path)}`,
  };
}

/** The folders in it are of other databases. */
function hasFiles(dir: string): boolean {
  return readdirSync(dir, { withFileTypes: true }).some((entry) => !entry.isDirectory());
}
