/**
 * Our own programs for what Node has no call for. Two of them a launcher needs besides its shell: `subreaper` makes it a child subreaper, and `namer` gives
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

/**
 * Lets only their owner read and write the files that are created in a directory from now on. The umask of their
 * creator counts no more. Does nothing where the system or the file system has no ACLs.
 */
export function makeFilesPrivate(dir: string): void {
  if (process.platform === "linux") spawnSync(beside("privacy"), [dir], { stdio: "ignore" });
}

function beside(name: string): string {
  return fileURLToPath(new URL(`./${name}-${process.arch}`, import.meta.url));
}
