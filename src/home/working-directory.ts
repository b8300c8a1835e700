/** The working directory, which may have been removed since we were started. */
import { statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import type { Clock } from "../core/clock.js";
import { UnusableError } from "../core/errors.js";
import type { PrepareContext } from "../core/job/spec.js";
import { newJobId } from "../system/random-id.js";
import { checkCurrentDirectory } from "../system/utf8.js";

/** @throws UnusableError if it is gone @throws UsageError if its path is not UTF-8 */
export function currentDirectory(): string {
  let path: string;
  try {
    path = process.cwd();
  } catch (error) {
    throw new UnusableError(
      "the current directory is gone",
      "go to one that is there, or give a whole path; of a job with --cwd DIR",
      error,
    );
  }
  return checkCurrentDirectory(path);
}

/**
 * The name that the user's shell has for it: `$PWD`, if that is the same directory. So a link in it stays one, and a job
 * that was enqueued in `current` runs where `current` leads to at that time.
 * @throws UnusableError if it is gone
 */
function namedDirectory({ PWD }: NodeJS.ProcessEnv = process.env): string {
  const directory = currentDirectory();
  if (PWD === undefined || !isAbsolute(PWD)) return directory;
  const name = resolve(PWD);
  return isSame(name, directory) ? name : directory;
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return a !== undefined && a.ino === b?.ino && a.dev === b.dev;
}

/** For the jobs of one call. The working directory is read once, and only if one of them does not name its own. */
export function prepareContext(clock: Pick<Clock, "now">): PrepareContext {
  let directory: string | undefined;
  return {
    newId: newJobId,
    get now(): number {
      return clock.now();
    },
    /** @throws UnusableError if it is gone */
    get cwd(): string {
      directory ??= namedDirectory();
      return directory;
    },
  };
}

/** @throws UnusableError if the path begins in the working directory, which is gone */
export function absolute(path: string): string {
  return isAbsolute(path) ? resolve(path) : resolve(currentDirectory(), path);
}
