import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { LogFormat } from "../../src/core/log-format.js";
import { openLog } from "../../src/observe/log.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const FOREIGN = "echo \x1b[2J\u009b1m\u202e\nFORGED";

async function logged(format: LogFormat): Promise<string> {
  const file = join(folder, "log");
  const { log } = await openLog({ format, base: {}, file });
  log.info({ schedule: FOREIGN }, `job a started: ${FOREIGN}`);
  await nextTurn();
  return readFileSync(file, "utf8");
}

it("a line for a reader shows the codes of a command, and is one line", async () => {
  const text = await logged("text");
  expect(text).toMatch(/^\[\d\d:\d\d:\d\d\] INFO: job a started: /);
  expect(text).toContain("job a started: echo \\e[2J\\u009b1m\\u202e\\nFORGED");
  expect(text).not.toMatch(/[\u009b\u202e\r]|^FORGED/mu);
});

it("a line of JSON has them as escapes, and says the same", async () => {
  const text = await logged("json");
  expect(text).toContain("\\u009b1m\\u202e");
  expect(text).not.toMatch(/[\u009b\u202e]/u);
  expect(JSON.parse(text)).toMatchObject({ msg: `job a started: ${FOREIGN}`, schedule: FOREIGN });
});

it("writes the lines of one turn together, and a warning at once with the lines before it", async () => {
  const file = join(folder, "log");
  const { log } = await openLog({ format: "json", base: {}, file });
  const lines = () => readFileSync(file, "utf8").split("\n").slice(0, -1);
  log.info("one");
  log.info("two");
  expect(lines()).toHaveLength(0);
  log.warn("three");
  expect(lines().map((line) => JSON.parse(line).msg)).toEqual(["one", "two", "three"]);
  log.info("four");
  await nextTurn();
  expect(lines()).toHaveLength(4);
});

it("writes the lines that wait to the old file before it opens a new one", async () => {
  const file = join(folder, "log");
  const { log, reopen } = await openLog({ format: "json", base: {}, file });
  log.info("old");
  renameSync(file, `${file}.1`);
  reopen();
  log.info("new");
  await nextTurn();
  expect([`${file}.1`, file].map((path) => JSON.parse(readFileSync(path, "utf8")).msg)).toEqual(["old", "new"]);
});

it.each([
  ["an exit", "process.exit(3)", 3],
  ["an error", 'throw new Error("thrown")', 1],
])("has every line on disk when the process ends by %s in the same turn", async (_, end, code) => {
  const script = join(folder, "ends.ts");
  const file = join(folder, "log");
  const module = new URL("../../src/observe/log.ts", import.meta.url).href;
  const body = `const { log } = await openLog({ format: "json", base: {}, file: ${JSON.stringify(file)} });
    log.info("last words");
    ${end};`;
  writeFileSync(
    script,
    `import { type LogFormat, openLog } from ${JSON.stringify(module)};\nvoid (async () => {${body}})();`,
  );
  const { status } = spawnSync(process.execPath, ["--import", "tsx", script], { cwd: process.cwd() });
  expect(status).toBe(code);
  expect(JSON.parse(readFileSync(file, "utf8")).msg).toBe("last words");
});
