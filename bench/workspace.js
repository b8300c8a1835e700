/** The temporary folder of a run, in BENCH_DIR if that is set: it decides which disk, or whether any, is measured. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let folder;
let folders = 0;

function workspace() {
  folder ??= mkdtempSync(join(realpathSync(process.env.BENCH_DIR ?? tmpdir()), "queuectl-bench-"));
  return folder;
}

/** A new folder in it. */
export function newFolder(name) {
  const path = join(workspace(), `${name}-${++folders}`);
  mkdirSync(path);
  return path;
}

export function removeFolder(path) {
  rmSync(path, { recursive: true, force: true });
}

export function removeWorkspace() {
  if (folder !== undefined) removeFolder(folder);
}

export function freeBytes() {
  const { bavail, bsize } = statfsSync(workspace());
  return bavail * bsize;
}

/** The type of its file system, for example ext4. */
export function fileSystem() {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").trim().split("\n");
  const inside = mounts
    .map((line) => ({ point: line.split(" ")[4], type: line.split(" - ")[1].split(" ")[0] }))
    .filter(({ point }) => `${workspace()}/`.startsWith(point === "/" ? "/" : `${point}/`));
  // The innermost, and of several in one place the last.
  return inside.reduce((best, mount) => (mount.point.length >= best.point.length ? mount : best)).type;
}
