/** The working directory, which may have been removed since we were started. */
import { isAbsolute, resolve } from "node:path";
import { UnusableError } from "../core/errors.js";
import type { PrepareContext } from "../core/job/spec.js";
import { newJobId } from "../system/random-id.js";

/** @throws UnusableError if it is gone */
export function currentDirectory(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new UnusableError(
      "the current directory is gone",
      "go to one that is there, or give a whole path; of a job with --cwd DIR",
      error,
    );
  }
}

/** For a job that is described at `now`. The working directory is read only if the job does not name its own. */
export function prepareContext(now: number): PrepareContext {
  return {
    now,
    newId: newJobId,
    /** @throws UnusableError if it is gone */
    get cwd(): string {
      return currentDirectory();
    },
  };
}

/** @throws UnusableError if the path begins in the working directory, which is gone */
export function absolute(path: string): string {
  return isAbsolute(path) ? resolve(path) : resolve(currentDirectory(), path);
}
