/**
 * Finds the program that makes a launcher a child subreaper; scripts/build/subreaper.js says how it works. It lies beside the
 * bundle, for each architecture that it is written for. Elsewhere a launcher is a plain shell, and a process that leaves
 * group, session and environment of its attempt is not found.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Null: the system is not Linux, there is no such file, or it cannot be executed here. Takes some milliseconds. */
export function findSubreaper(): string | null {
  if (process.platform !== "linux") return null;
  const path = fileURLToPath(new URL(`./subreaper-${process.arch}`, import.meta.url));
  return spawnSync(path, ["/bin/sh", "-c", ":"], { stdio: "ignore" }).status === 0 ? path : null;
}
