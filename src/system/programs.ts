/**
 * Finds the programs that a launcher needs besides its shell: `subreaper` makes it a child subreaper, and `namer` gives
 * variables the names that no shell has. scripts/build/ says how they work. They lie beside the bundle, for each
 * architecture that they are written for. Elsewhere a launcher is a plain shell, a process that leaves group, session
 * and environment of its attempt is not found, and the shell decides which variables reach a job.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Programs {
  /** Absolute paths. */
  readonly subreaper: string;
  readonly namer: string;
}

/** Null: the system is not Linux, there are no such files, or they cannot be executed here. Takes some milliseconds. */
export function findPrograms(): Programs | null {
  if (process.platform !== "linux") return null;
  const subreaper = beside("subreaper");
  const namer = beside("namer");
  return spawnSync(subreaper, [namer, "/bin/sh", "-c", ":"], { stdio: "ignore" }).status === 0
    ? { subreaper, namer }
    : null;
}

function beside(name: string): string {
  return fileURLToPath(new URL(`./${name}-${process.arch}`, import.meta.url));
}
