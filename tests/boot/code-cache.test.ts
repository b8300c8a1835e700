/**
 * The code cache may only ever cost or save time. Each test has a copy of the built program, so that it may spoil it.
 * Whether a cache was used is seen from what it holds: one that was not used is written anew, or not at all.
 */
import { execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TRAILER_BYTES = 256;
const NOBODY = 65534;

let folder: string;
let dist: string;
let caches: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "queuectl-boot-"));
  chmodSync(folder, 0o755);
  dist = join(folder, "dist");
  caches = join(dist, ".cache");
  cpSync(join(ROOT, "dist"), dist, { recursive: true, filter: (path) => !path.endsWith(".cache") });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
});

afterEach(() => {
  chmodSync(dist, 0o755);
  rmSync(folder, { recursive: true, force: true });
});

interface Options {
  readonly nodeFlags?: readonly string[];
  readonly uid?: number;
}

function queuectl(words: readonly string[], { nodeFlags = [], uid }: Options = {}) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [...nodeFlags, join(dist, "queuectl.js"), ...words],
      {
        cwd: "/",
        env: { PATH: process.env.PATH, QUEUECTL_HOME: join(folder, "home") },
        ...(uid === undefined ? {} : { uid }),
      },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

async function list(options?: Options): Promise<void> {
  expect(await queuectl(["list"], options)).toMatchObject({ code: 0, stdout: "No jobs\n" });
}

function onlyCache(): string {
  const names = readdirSync(caches);
  expect(names).toHaveLength(1);
  return join(caches, names[0] as string);
}

/** The commands that the cache has functions of. */
function commandsIn(file: Buffer): string[] {
  return file
    .toString("latin1", file.length - TRAILER_BYTES, file.length - 4)
    .trim()
    .split(" ");
}

/** As if it had been written so. */
function sealed(file: Buffer): Buffer {
  file.writeUInt32LE(crc32(file.subarray(0, -4)), file.length - 4);
  return file;
}

it("is made by the first run of a command, and grows with the next", async () => {
  await list();
  expect(commandsIn(readFileSync(onlyCache()))).toEqual(["list"]);
  const before = readFileSync(onlyCache());
  await list();
  expect(readFileSync(onlyCache()).equals(before)).toBe(true);
  expect((await queuectl(["status"])).code).toBe(0);
  expect(commandsIn(readFileSync(onlyCache()))).toEqual(["list", "status"]);
});

it("is not made by a command that fails, nor by words that are none", async () => {
  expect((await queuectl(["show", "nothing"])).code).toBe(3);
  expect((await queuectl(["--version"])).code).toBe(0);
  expect(existsSync(caches)).toBe(false);
});

it.each<[string, (file: Buffer) => Buffer]>([
  ["damaged in the middle", (file) => Buffer.from(file.fill(0xff, 200_000, 200_400))],
  ["cut off", (file) => file.subarray(0, file.length >> 1)],
  ["empty", () => Buffer.alloc(0)],
  ["full of zeros", (file) => Buffer.alloc(file.length)],
])("that is %s is replaced", async (_, spoil) => {
  await list();
  const path = onlyCache();
  writeFileSync(path, spoil(readFileSync(path)));
  const spoilt = readFileSync(path);
  await list();
  const mended = readFileSync(onlyCache());
  expect(mended.equals(spoilt)).toBe(false);
  expect(mended.readUInt32LE(mended.length - 4)).toBe(crc32(mended.subarray(0, -4)));
});

it("that V8 rejects is left alone", async () => {
  await list();
  const path = onlyCache();
  const file = readFileSync(path);
  // In V8's header: its version.
  file.fill(0xff, 4, 8);
  writeFileSync(path, sealed(file));
  await list();
  expect((await queuectl(["status"])).code).toBe(0);
  expect(readFileSync(path).equals(file)).toBe(true);
});

it("is another one for another V8, or the same with other flags", async () => {
  await list();
  await list({ nodeFlags: ["--no-opt"] });
  expect(readdirSync(caches)).toHaveLength(2);
});

it("is neither used nor written for another build, which an upgrade may put in the place of this one", async () => {
  await list();
  const path = onlyCache();
  const program = join(dist, "program.js");
  const text = readFileSync(program, "latin1");
  // As long as before, so that V8 itself would not notice.
  writeFileSync(program, text.replace("No jobs", "No work").replace(/BUILD_ID="./, 'BUILD_ID="!'), "latin1");
  expect((await queuectl(["list"])).stdout).toBe("No work\n");
  rmSync(path);
  expect((await queuectl(["list"])).stdout).toBe("No work\n");
  expect(existsSync(path)).toBe(false);
});

it("is written by many at once, whole", async () => {
  await Promise.all(Array.from({ length: 8 }, () => list()));
  const file = readFileSync(onlyCache());
  expect(file.readUInt32LE(file.length - 4)).toBe(crc32(file.subarray(0, -4)));
  await list();
});

it.runIf(process.getuid?.() === 0)("is made by root alone in a folder that is root's, and used by all", async () => {
  chmodSync(folder, 0o1777);
  await list({ uid: NOBODY });
  expect(existsSync(caches)).toBe(false);
  await list();
  await list({ uid: NOBODY });
  expect(commandsIn(readFileSync(onlyCache()))).toEqual(["list"]);
});
