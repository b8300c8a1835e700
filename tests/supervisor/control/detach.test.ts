import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openLog } from "../../../src/observe/log.js";
import { troubleIn } from "../../../supervisor/control/detach.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it.each(["json", "text"] as const)("finds the errors in a log of lines of %s", async (format) => {
  const file = join(folder, "log");
  const { log } = await openLog({ format, base: {}, file });
  log.info("ERROR: it is none");
  log.error('the "disk" is full');
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  expect(lines.map(troubleIn)).toEqual([null, 'the "disk" is full']);
});
