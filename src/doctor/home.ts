/** Checks the home directory: whether it exists, its owner, its modes, and the free space. */

import { accessSync, constants, lstatSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { quoteWord } from "../core/text/quote-word.js";
import { humanSize } from "../core/text/size.js";
import { wrongEntries } from "../home/entries.js";
import { diskShortage, freeBytes } from "../home/free-space.js";
import type { Home } from "../home/home.js";
import { distrust } from "../home/trust.js";
import { databaseFile } from "../store/location.js";
import { networkFilesystem } from "../system/network-filesystem.js";
import { type Check, ok, problem, unusable, warning } from "./check.js";

const LITTLE_FREE_BYTES = 512 * 1024 * 1024;

const OTHERS = 0o077;
/** Most paths that a finding names. */
const SHOWN_PATHS = 5;

export function checkHome({ dir }: Home): Check {
  const stats = statSync(dir, { throwIfNoEntry: false });
  if (!stats && isLink(dir)) {
    const hint = "make what it leads to, or remove the link";
    return unusable("home", `${dir} is a link to a missing path`, hint);
  }
  if (!stats) return warning("home", `${dir} is not there yet`, "queuectl enqueue makes it");
  if (!stats.isDirectory())
    return unusable("home", `${dir} is not a directory`, "move it away, or choose another home");
  const taken = distrust(dir);
  if (taken !== null) return unusable("home", taken.message, taken.hint);
  try {
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const isReadOnly = (error as NodeJS.ErrnoException).code === "EROFS";
    const hint = isReadOnly ? "make its file system writable, or choose another home" : `chmod 700 ${quoteWord(dir)}`;
    return unusable("home", `${dir} cannot be used: ${(error as Error).message}`, hint);
  }
  if ((stats.mode & OTHERS) === 0) return ok("home", `${dir} is yours alone`);
  return problem("home", `${dir} is open to other users: mode ${modeText(stats.mode)}`, `chmod 700 ${quoteWord(dir)}`);
}

/** Nothing that would mislead or block a process lies where the home has its directories and files. */
export function checkEntries(home: Home): Check {
  const found = wrongEntries(home);
  if (found.length === 0) return ok("entries", "its directories and files are as they should be");
  const message = found.map((finding) => finding.message).join("; ");
  return unusable("entries", message, found.map(({ hint }) => hint).join("; "));
}

/** For files that are kept. A job may give its files in `output` any mode, but their directory is closed to others. */
export function checkModes(home: Home): Check {
  const folders = ["", "logs"].map((name) => join(home.dir, name));
  const database = databaseFile(home.database);
  const paths = [home.outputDir, ...(database === null ? [] : [database]), ...folders.flatMap(entriesOf)];
  const open = [...new Set(paths)].filter((path) => {
    const mode = lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    return (mode & OTHERS) !== 0 && !isLink(path);
  });
  if (open.length === 0) return ok("modes", "no other user can read its files");
  const shown = open.slice(0, SHOWN_PATHS);
  const more = open.length > SHOWN_PATHS ? ` and ${open.length - SHOWN_PATHS} more` : "";
  const hint = more === "" ? `chmod go-rwx ${open.map(quoteWord).join(" ")}` : `chmod -R go-rwx ${quoteWord(home.dir)}`;
  return warning("modes", `other users have rights to ${shown.join(", ")}${more}`, hint);
}

function entriesOf(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder).map((name) => join(folder, name));
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** Disk of the database; if that is on a server, disk of the home, whose lock is a SQLite file as well. */
export function checkFilesystem(home: Home): Check {
  const database = databaseFile(home.database);
  const folder = nearest(database === null ? home.dir : dirname(database));
  const network = networkFilesystem(folder);
  if (network === null) return ok("filesystem", `${folder} is on a local disk, as far as the system tells`);
  const hint = "SQLite cannot share it between processes: choose a home on a local disk";
  return unusable("filesystem", `${folder} is on a network file system (${network})`, hint);
}

export function checkDisk(home: Home): Check {
  const dir = nearest(home.dir);
  const free = freeBytes({ dir });
  const text = `${humanSize(free)} are free`;
  const shortage = diskShortage({ dir });
  if (shortage !== null) return problem("disk", shortage, "make room on that disk");
  return free < LITTLE_FREE_BYTES ? warning("disk", `only ${text}`, "make room on that disk") : ok("disk", text);
}

/** The nearest parent that exists. */
function nearest(path: string): string {
  return statSync(path, { throwIfNoEntry: false }) || dirname(path) === path ? path : nearest(dirname(path));
}

function modeText(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, "0");
}
