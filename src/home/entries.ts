/**
 * Checks the kinds of what lies in the home: directories and files, where a link, a FIFO or a file in the place of a
 * directory would mislead or block a process. Says in plain words what is wrong, and how to mend it.
 */

import { accessSync, closeSync, constants, lstatSync, openSync, type Stats, statSync } from "node:fs";
import { UnusableError } from "../core/errors.js";
import { quoteWord } from "../core/text/quote-word.js";
import { diskTrouble } from "../system/disk-trouble.js";
import type { Home } from "./home.js";
import { type Pool, poolsOf } from "./pool.js";
import type { Finding } from "./trust.js";

/** @throws UnusableError */
export function checkEntries(home: Home, starting?: Pool): void {
  const [finding] = wrongEntries(home, starting);
  if (finding !== undefined) throw new UnusableError(finding.message, finding.hint);
}

/**
 * Missing entries are fine: they are made when they are needed.
 * @param starting pool that is about to start, which the home may not know yet
 */
export function wrongEntries(home: Home, starting?: Pool): Finding[] {
  const { logsDir, outputDir } = home;
  const known = poolsOf(home);
  const isNew = starting !== undefined && known.every(({ name }) => name !== starting.name);
  const pools = isNew ? [...known, starting] : known;
  const hasLogs = lookAt(logsDir)?.isDirectory() === true;
  const found = [
    ...[logsDir, outputDir].map((path) => wrongKind(path, "directory", lookAt(path))),
    ...pools.flatMap(({ lockDb, pidFile, logFile }) => [
      ...[lockDb, pidFile].map((path) => wrongKind(path, "file", lookAt(path))),
      hasLogs ? wrongLog(logFile) : null,
    ]),
  ];
  return found.filter((finding) => finding !== null);
}

/** Whether jobs can leave their output there. Null: they can. */
export function wrongOutput({ outputDir }: Pick<Home, "outputDir">): Finding | null {
  const stats = lookAt(outputDir);
  if (stats === undefined)
    return { message: `the directory ${outputDir} is missing`, hint: `mkdir -m 700 ${outputDir}` };
  const wrong = wrongKind(outputDir, "directory", stats);
  if (wrong !== null) return wrong;
  try {
    accessSync(outputDir, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return {
      message: `${outputDir} cannot be written: ${(error as Error).message}`,
      hint: `chmod 700 ${quoteWord(outputDir)}`,
    };
  }
}

function wrongKind(path: string, wanted: "directory" | "file", stats: Stats | undefined): Finding | null {
  if (stats === undefined) return null;
  if (stats.isSymbolicLink())
    return { message: `${path} is a link, where a ${wanted} has to be`, hint: `rm ${quoteWord(path)}` };
  if (wanted === "directory" ? stats.isDirectory() : stats.isFile()) return null;
  return {
    message: `${path} is ${kindOf(stats)}, where a ${wanted} has to be`,
    hint: `mv ${quoteWord(path)} ${quoteWord(`${path}.old`)}`,
  };
}

/** It may be a link: only the owner can have made that, and nothing is read from the log. */
function wrongLog(path: string): Finding | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isCharacterDevice()) return null;
  return wrongKind(path, "file", stats) ?? (stats?.isFile() ? readOnlyDisk(path) : null);
}

/** After an error of the disk, Linux makes some file systems read-only but goes on to call their files writable. */
function readOnlyDisk(path: string): Finding | null {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK));
    return null;
  } catch (error) {
    const trouble = diskTrouble(error, path);
    return trouble && { message: trouble.message, hint: trouble.hint ?? "" };
  }
}

function lookAt(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a directory";
  if (stats.isFile()) return "a file";
  return stats.isFIFO() ? "a FIFO" : "a special file";
}
