/** What lies in a home in the place of its directories and files. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { UnusableError } from "../../src/core/errors.js";
import { wrongEntries } from "../../src/home/entries.js";
import { type Home, locateHome, prepareHome } from "../../src/home/home.js";
import { MAIN_POOL, type Pool, poolOf } from "../../src/home/pool.js";

let home: Home;
beforeEach(() => {
  home = locateHome({ home: realpathSync(mkdtempSync(join(tmpdir(), "queuectl-entries-"))) }, {});
  prepareHome(home);
});
afterEach(() => rmSync(home.dir, { recursive: true, force: true }));

type Kind = "link" | "file" | "directory" | "fifo";
const make: Record<Kind, (path: string) => void> = {
  link: (path) => symlinkSync("/nowhere", path),
  file: (path) => writeFileSync(path, ""),
  directory: (path) => mkdirSync(path),
  fifo: (path) => void execFileSync("mkfifo", [path]),
};

it.each<[keyof Home | keyof Pool, Kind, "rm" | "mv"]>([
  ["logsDir", "link", "rm"],
  ["logsDir", "file", "mv"],
  ["outputDir", "link", "rm"],
  ["outputDir", "file", "mv"],
  ["outputDir", "fifo", "mv"],
  ["lockDb", "link", "rm"],
  ["lockDb", "directory", "mv"],
  ["lockDb", "fifo", "mv"],
  ["pidFile", "link", "rm"],
  ["pidFile", "directory", "mv"],
  ["pidFile", "fifo", "mv"],
  ["logFile", "directory", "mv"],
  ["logFile", "fifo", "mv"],
])("%s that is a %s is refused, with the command that mends it", (key, kind, mends) => {
  const path = { ...home, ...poolOf(home, MAIN_POOL) }[key] as string;
  rmSync(path, { recursive: true, force: true });
  make[kind](path);
  const [finding, ...others] = wrongEntries(home);
  expect(others).toEqual([]);
  expect(finding?.message).toContain(`${path} is a`);
  const command = mends === "rm" ? ["rm", path] : ["mv", path, `${path}.old`];
  expect(finding?.hint).toBe(command.join(" "));
  expect(() => prepareHome(home)).toThrow(UnusableError);
  execFileSync(command[0] as string, command.slice(1));
  prepareHome(home);
  expect(wrongEntries(home)).toEqual([]);
});

it("checks the files of every pool, and of the one that is about to start", () => {
  const gpu = poolOf(home, "gpu");
  for (const path of [gpu.pidFile, gpu.lockDb]) {
    make.fifo(path);
    expect(() => prepareHome(home)).toThrow(`${path} is a FIFO`);
    rmSync(path);
  }
  make.directory(gpu.logFile);
  prepareHome(home);
  expect(() => prepareHome(home, gpu)).toThrow(`${gpu.logFile} is a directory`);
});

it("the log may be a link to a file, and to the device that keeps nothing", () => {
  for (const target of [join(home.dir, "other.log"), "/dev/null"]) {
    const { logFile } = poolOf(home, MAIN_POOL);
    symlinkSync(target, logFile);
    prepareHome(home);
    rmSync(logFile);
  }
});
