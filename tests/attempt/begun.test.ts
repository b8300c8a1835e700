/** Whether a lost attempt had begun: in doubt it had. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { hadBegun, hasOutput } from "../../src/attempt/begun.js";

it.each([
  [{ ahead: true, pid: null, hasOutput: false }, false],
  [{ ahead: true, pid: 7, hasOutput: false }, true],
  [{ ahead: true, pid: null, hasOutput: true }, true],
  [{ ahead: false, pid: null, hasOutput: false }, true],
])("%j", (traces, begun) => {
  expect(hadBegun(traces)).toBe(begun);
});

it("takes a file of any kind for its output, and a missing directory for one that had it", () => {
  const dir = mkdtempSync(join(tmpdir(), "queuectl-begun-"));
  const home = { outputDir: join(dir, "output") };
  expect(hasOutput(home, 7)).toBe(true);
  mkdirSync(home.outputDir);
  expect(hasOutput(home, 7)).toBe(false);
  writeFileSync(join(home.outputDir, "7.out"), "");
  symlinkSync("nowhere", join(home.outputDir, "8.out"));
  expect([7, 8, 9].map((fence) => hasOutput(home, fence))).toEqual([true, true, false]);
  rmSync(dir, { recursive: true });
});
