/** Where an attempt's files are. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "../home/home.js";

/** Where an attempt writes while it runs, and where a large stream stays. The fence is never used twice, so neither are these. */
export function outputPaths(home: Home, fence: number): { readonly stdout: string; readonly stderr: string } {
  return { stdout: join(home.outputDir, `${fence}.out`), stderr: join(home.outputDir, `${fence}.err`) };
}

/** Where an attempt may leave its result, and its own words for why it failed. */
export function reportPaths(home: Home, fence: number): { readonly result: string; readonly error: string } {
  return { result: join(home.outputDir, `${fence}.result`), error: join(home.outputDir, `${fence}.error`) };
}

/** The attempt that writes to a file of this name, or wrote; null for a name that {@link outputPaths} does not give. */
export function fenceOfOutput(name: string): number | null {
  const [, digits] = /^(\d+)\.(?:out|err)$/.exec(name) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** As {@link fenceOfOutput}, for {@link reportPaths}. */
export function fenceOfReport(name: string): number | null {
  const [, digits] = /^(\d+)\.(?:result|error)$/.exec(name) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** Removes files that no attempt refers to any more; their paths are relative to the home. */
export function removeOutput(home: Home, files: Iterable<string>): void {
  for (const file of files) rmSync(join(home.dir, file), { force: true });
}
