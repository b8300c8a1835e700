/** Whether a home's disk has room for another job. */
import { statfsSync } from "node:fs";
import type { Home } from "./home.js";

/** With less free space no job starts: a job that writes would fail, and its result could not be recorded. Bytes. */
const LEAST_FREE_BYTES = 64 * 1024 * 1024;
/** With fewer entries left for new files (inodes) no job starts: it needs some for its output. */
const LEAST_FREE_FILES = 64;

export function freeBytes({ dir }: Pick<Home, "dir">): number {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
}

/** Why no job can start. Null: the disk has room. */
export function diskShortage({ dir }: Pick<Home, "dir">): string | null {
  const bytes = freeBytes({ dir });
  if (bytes < LEAST_FREE_BYTES) {
    return `only ${mebibytes(bytes)} of disk space is free, and no job starts below ${mebibytes(LEAST_FREE_BYTES)}`;
  }
  const { files, ffree } = statfsSync(dir);
  // Btrfs and others have no fixed number of entries, and report none at all.
  if (files === 0 || ffree >= LEAST_FREE_FILES) return null;
  return `the disk has only ${ffree} inodes left for new files, and no job starts below ${LEAST_FREE_FILES}`;
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 1024 / 1024)} MiB`;
}
