/**
 * Runs a program of the system, for systems without /proc. Node's module for that takes milliseconds to load, so it is
 * loaded only then. On Linux a short command asks /proc alone.
 */
import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

/** The program's stdout. @param program its path, since PATH may name another of that name first @throws Error if it cannot be run */
export function askSystem(program: string, args: readonly string[]): string {
  const { spawnSync } = load("node:child_process") as typeof import("node:child_process");
  const { stdout, error } = spawnSync(program, args, { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
  if (error) throw error;
  return stdout;
}
