import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openLog } from "../../src/observe/log.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const FOREIGN = "echo \x1b[2J\u009b1m\u202e\nFORGED";

async function logged(pretty: boolean): Promise<string> {
  const file = join(folder, "log");
  const { log } = await openLog({ pretty, base: {}, file });
  log.info({ schedule: FOREIGN }, `job a started: ${FOREIGN}`);
  return readFileSync(file, "utf8");
}

it("a line for a reader shows the codes of a command, and is one line", async () => {
  const text = await logged(true);
  expect(text).toMatch(/^\r.*\[\d\d:\d\d:\d\d\]/);
  expect(text).toContain("job a started: echo \\e[2J\\u009b1m\\u202e\\nFORGED");
  expect(text.replace("\r\x1b[K", "")).not.toMatch(/[\u009b\u202e\r]|^FORGED/mu);
});

it("a line of JSON has them as escapes, and says the same", async () => {
  const text = await logged(false);
  expect(text).toContain("\\u009b1m\\u202e");
  expect(text).not.toMatch(/[\u009b\u202e]/u);
  expect(JSON.parse(text)).toMatchObject({ msg: `job a started: ${FOREIGN}`, schedule: FOREIGN });
});
