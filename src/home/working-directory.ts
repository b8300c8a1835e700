/** Where we were started, which somebody may have removed since. */
import { isAbsolute, resolve } from "node:path";
import { UnusableError } from "../core/errors.js";

/** @throws UnusableError it is gone */
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

/** Of a job that is described now: the directory is looked up only for a job that does not name its own. */
export class Surroundings {
  readonly now: number;

  constructor(now: number) {
    this.now = now;
  }

  /** @throws UnusableError it is gone */
  get cwd(): string {
    return currentDirectory();
  }
}

/** @throws UnusableError the path begins in the current directory, which is gone */
export function absolute(path: string): string {
  return isAbsolute(path) ? resolve(path) : resolve(currentDirectory(), path);
}
