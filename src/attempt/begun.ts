/**
 * Whether the command of a lost attempt had begun. A job that was claimed ahead may have waited for a slot when its worker
 * died; then its claim is undone, and the job pays nothing for what killed the worker. No write tells the moment at
 * which a command begins, since it would cost a wait for the disk. What tells it is what a beginning leaves: the pid,
 * and the output file, which the launcher makes before the command.
 */
import { lstatSync } from "node:fs";
import type { Home } from "../home/home.js";
import type { Lease } from "../store/contract/store.js";
import { outputPaths } from "./paths.js";

/** What is known of an attempt without its worker. */
export interface Traces extends Pick<Lease, "ahead" | "pid"> {
  /** Whether its output file is there, or might have been. */
  readonly hasOutput: boolean;
}

/** In doubt it had begun. A job that was not claimed ahead begins at once, and then may remove its output file. */
export function hadBegun({ ahead, pid, hasOutput }: Traces): boolean {
  return !ahead || pid !== null || hasOutput;
}

/** To be asked when no launcher can make the file any more. A missing directory proves nothing. */
export function hasOutput(home: Pick<Home, "outputDir">, fence: number): boolean {
  return !exists(home.outputDir) || outputExists(home, fence);
}

/** Whether the attempt ran in this home, and its output was not collected yet. */
export function outputExists(home: Pick<Home, "outputDir">, fence: number): boolean {
  return exists(outputPaths(home, fence).stdout);
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
