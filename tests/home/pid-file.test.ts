/** What lies in the place of a PID file names no process, and never blocks. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readLiveSupervisor } from "../../src/home/pid-file.js";
import { ownIdentity } from "../../src/system/process/identity.js";
import { removePidFile, removeStalePidFile, writePidFile } from "../../supervisor/lock/pid-file.js";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "queuectl-pid-"));
  path = join(folder, "supervisor.pid");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const me = () => ({ ...ownIdentity(), id: "me", keeper: null, workers: 1, db: "q.db" });

it("reads a file", async () => {
  await writePidFile(path, me());
  expect(readLiveSupervisor(path)?.id).toBe("me");
});

it("reads no FIFO, and replaces it", async () => {
  execFileSync("mkfifo", [path]);
  expect(readLiveSupervisor(path)).toBeNull();
  await writePidFile(path, me());
  expect(readLiveSupervisor(path)?.id).toBe("me");
});

it("follows no link, and replaces it", async () => {
  const target = join(folder, "target");
  writeFileSync(target, JSON.stringify(me()));
  symlinkSync(target, path);
  expect(readLiveSupervisor(path)).toBeNull();
  await writePidFile(path, { ...me(), id: "new" });
  expect(readLiveSupervisor(path)?.id).toBe("new");
  expect(readLiveSupervisor(target)?.id).toBe("me");
});

it("leaves a directory to the user, and no draft of the file", async () => {
  mkdirSync(path);
  expect(readLiveSupervisor(path)).toBeNull();
  await expect(writePidFile(path, me())).rejects.toThrow("EISDIR");
  await removePidFile(path, "me");
  await removeStalePidFile(path);
  expect(execFileSync("ls", [folder], { encoding: "utf8" })).toBe("supervisor.pid\n");
});

it("fails at once where its lock cannot be made, and waits for one that is held", { timeout: 10_000 }, async () => {
  await expect(writePidFile(join(folder, "missing", "supervisor.pid"), me())).rejects.toThrow("ENOENT");
  const lock = join(folder, "supervisor.pid.lock");
  mkdirSync(lock);
  const written = writePidFile(path, me());
  expect(await Promise.race([written, nextTurns()])).toBe("turned");
  rmSync(lock, { recursive: true });
  await written;
  expect(readLiveSupervisor(path)?.id).toBe("me");
});

async function nextTurns(): Promise<string> {
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
  return "turned";
}
