/** The free space on a home's disk. */
import { statfsSync } from "node:fs";
import type { Home } from "./home.js";

/** With less free space no job starts: a job that writes would fail, and its result could not be recorded. Bytes. */
export const LEAST_FREE_BYTES = 64 * 1024 * 1024;

export function freeBytes({ dir }: Pick<Home, "dir">): number {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
}
