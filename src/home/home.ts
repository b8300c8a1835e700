/**
 * The home directory, which holds everything of one queue. It belongs to one user, mode 0700, because a user who can
 * write to it can run commands as its owner.
 */
import { accessSync, chmodSync, constants, existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { UnusableError, UsageError } from "../core/errors.js";
import { checkPlace, type DatabaseLocation, databaseExists, parseDatabase, sqliteLocation } from "../store/location.js";
import { keepPassword } from "../store/postgres-password.js";
import { diskTrouble } from "../system/disk-trouble.js";
import { makeDirectory } from "../system/make-directory.js";
import { checkVariables, realPath } from "../system/utf8.js";
import { checkNotEmptied } from "./absence.js";
import { checkEntries } from "./entries.js";
import type { Pool } from "./pool.js";
import { checkTrust } from "./trust.js";
import { absolute } from "./working-directory.js";

export interface Home {
  readonly dir: string;
  readonly database: DatabaseLocation;
  readonly logsDir: string;
  readonly outputDir: string;
}

export interface HomeOptions {
  readonly home?: string | undefined;
  /** The database: the path or the URL of a file, or the URL of a PostgreSQL database. */
  readonly db?: string | undefined;
}

/**
 * @throws UnusableError if no database can be at the setting's location, or HOME is needed and is no absolute path
 * @throws UsageError if a variable or a link leads to a path that is not UTF-8
 */
export function locateHome(options: HomeOptions, env: NodeJS.ProcessEnv = process.env): Home {
  checkVariables(["QUEUECTL_HOME", "QUEUECTL_DB", "HOME"], env);
  const dir = canonical(absolute(notTilde(options.home || env.QUEUECTL_HOME) ?? usualHome(env)));
  const db = notTilde(options.db || env.QUEUECTL_DB);
  return {
    dir,
    database: db ? parseDatabase(db, absolute) : sqliteLocation(join(dir, "queuectl.db")),
    logsDir: join(dir, "logs"),
    outputDir: join(dir, "output"),
  };
}

/** The same queue's home in another directory of this host. */
export function homeAt(home: Home, dir: string): Home {
  const moved = (path: string) => join(dir, relative(home.dir, path));
  return { ...home, dir, logsDir: moved(home.logsDir), outputDir: moved(home.outputDir) };
}

/**
 * The home with a directory for the output of this queue alone: fences of two queues are the same numbers.
 * @param installation null: its home works on no other queue
 */
export function homeFor(home: Home, installation: string | null): Home {
  return installation === null ? home : { ...home, outputDir: join(home.outputDir, installation) };
}

/** For who is about to put output there. */
export function makeOutputDirectory({ outputDir }: Home): void {
  if (makeDirectory(outputDir, 0o700)) chmodSync(outputDir, 0o700);
}

/** In quotes, in a unit or in an environment file, ~ is a directory of that name in the working directory. */
function notTilde(path: string | undefined): string | undefined {
  if (path === undefined || !/^~(\/|$)/.test(path)) return path || undefined;
  throw new UnusableError(
    `the path ${JSON.stringify(path)} begins with ~, for which only a shell puts in your home directory`,
    "give the whole path, or ./~ for a directory of that name",
  );
}

/** As root, an empty or a relative HOME would put the home wherever the command was called. */
function usualHome({ HOME }: NodeJS.ProcessEnv): string {
  // Undefined: the system's list of users tells.
  if (HOME === undefined || isAbsolute(HOME)) return join(HOME ?? homedir(), ".queuectl");
  throw new UnusableError(
    HOME === ""
      ? "the variable HOME is empty, so there is no default home"
      : `HOME is ${JSON.stringify(HOME)}, not an absolute path`,
    "name a home with --home DIR or QUEUECTL_HOME, or set HOME to your home directory",
  );
}

/**
 * One home has one name, even if links lead to it: its processes are recognized by that name. Works for a missing path
 * too.
 */
function canonical(path: string): string {
  try {
    return realPath(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const parent = dirname(path);
    return parent === path ? path : join(canonical(parent), basename(path));
  }
}

/**
 * Makes the home if it does not exist, and keeps the password of its database there.
 * @param starting pool that is about to start, which the home may not know yet
 * @throws UnusableError if it cannot be made, entered or written, if another user could write to it, or if a link or
 * another kind of file lies in the place of its directories and files
 */
export function prepareHome(home: Home, starting?: Pool): void {
  usable(home, () => {
    checkTrust(home.dir);
    checkEntries(home, starting);
    checkNotEmptied(home);
    if (!existsSync(home.dir)) checkPlace(home.database);
    for (const dir of [home.dir, home.logsDir, home.outputDir]) {
      // The mode of mkdir goes through the umask.
      if (makeDirectory(dir, 0o700)) chmodSync(dir, 0o700);
    }
    checkAccess(home);
    if (home.database.kind === "postgres") keepPassword(home.database, home.dir);
  });
}

/**
 * Checks the home without making anything. A missing home is fine.
 * @throws UnusableError as {@link prepareHome}
 */
export function checkHome(home: Home): void {
  usable(home, () => {
    if (statSync(home.dir, { throwIfNoEntry: false }) === undefined) return checkParents(home.dir);
    checkTrust(home.dir);
    checkEntries(home);
    checkNotEmptied(home);
    checkAccess(home);
  });
}

/** A file among the parents of a missing home: no home can be there. */
function checkParents(dir: string): void {
  const parent = dirname(dir);
  const stats = statSync(parent, { throwIfNoEntry: false });
  if (stats === undefined) return checkParents(parent);
  if (!stats.isDirectory()) throw new Error(`${parent} is not a directory`);
}

function checkAccess({ dir }: Home): void {
  accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
}

/** @throws UnusableError for any error of `check` */
function usable(home: Home, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (error instanceof UnusableError) throw error;
    const trouble = diskTrouble(error, `the home directory ${home.dir}`);
    if (trouble !== null) throw trouble;
    throw new UnusableError(
      `the home directory ${home.dir} cannot be used: ${(error as Error).message}`,
      "choose another with --home DIR or QUEUECTL_HOME",
      error,
    );
  }
}

/** Whether the setting's database exists. @throws UnusableError if no database can be at the setting's location */
export function isDatabase(setting: string): boolean {
  return databaseExists(parseDatabase(setting, absolute));
}
