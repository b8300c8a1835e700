/** Paths of an attempt's files. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "../home/home.js";

/**
 * Output files of a running attempt; a large stream stays in its file. A fence is never used twice, and so neither is a
 * path.
 */
export function outputPaths(
  home: Pick<Home, "outputDir">,
  fence: number,
): { readonly stdout: string; readonly stderr: string } {
  return { stdout: join(home.outputDir, `${fence}.out`), stderr: join(home.outputDir, `${fence}.err`) };
}

/** Files for the attempt's result and for its own reason of a failure. */
export function reportPaths(home: Home, fence: number): { readonly result: string; readonly error: string } {
  return { result: join(home.outputDir, `${fence}.result`), error: join(home.outputDir, `${fence}.error`) };
}

/** The fence in the name of an output file. Null: the name is not one of {@link outputPaths}. */
export function fenceOfOutput(name: string): number | null {
  const [, digits] = /^(\d+)\.(?:out|err)$/.exec(name) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** The fence in the name of a report file. Null: the name is not one of {@link reportPaths}. */
export function fenceOfReport(name: string): number | null {
  const [, digits] = /^(\d+)\.(?:result|error)$/.exec(name) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** Removes files that no attempt refers to. Their paths are relative to the home. */
export function removeOutput(home: Home, files: Iterable<string>): void {
  for (const file of files) rmSync(join(home.dir, file), { force: true });
}
