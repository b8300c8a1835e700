import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ConflictError } from "../../src/core/errors.js";
import { identityOf, ownIdentity } from "../../src/exec/identity.js";
import { type Home, locateHome, prepareHome } from "../../src/home.js";
import { readLiveSupervisor, removePidFile, writePidFile } from "../../supervisor/pid-file.js";
import { becomeSupervisor } from "../../supervisor/single-instance.js";

let home: Home;
beforeEach(() => {
  home = locateHome({ home: mkdtempSync(join(tmpdir(), "queuectl-single-")) }, {});
  prepareHome(home);
});
afterEach(() => rmSync(home.dir, { recursive: true, force: true }));

it("lets one in, names it to the second, and lets the next one in when it has left", async () => {
  const first = await becomeSupervisor(home, "first", ownIdentity());
  expect(statSync(home.pidFile).mode & 0o777).toBe(0o600);
  expect(readLiveSupervisor(home.pidFile)).toMatchObject({ id: "first", pid: process.pid });
  await expect(becomeSupervisor(home, "second", ownIdentity())).rejects.toThrow(ConflictError);
  await expect(becomeSupervisor(home, "second", ownIdentity())).rejects.toThrow(`pid ${process.pid}`);
  await first.release();
  expect(() => statSync(home.pidFile)).toThrow();
  await (await becomeSupervisor(home, "third", ownIdentity())).release();
});

it("takes over from one that was killed, whose PID file is still there", async () => {
  const child = spawn(process.execPath, ["-e", "process.stdout.write('up'); setInterval(() => {}, 1000)"]);
  await once(child.stdout, "data");
  const identity = identityOf(child.pid as number);
  expect(identity).not.toBeNull();
  if (identity) await writePidFile(home.pidFile, { ...identity, id: "killed" });
  expect(readLiveSupervisor(home.pidFile)?.id).toBe("killed");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(readLiveSupervisor(home.pidFile)).toBeNull();
  await (await becomeSupervisor(home, "next", ownIdentity())).release();
});

it("believes no PID file that is garbage, or whose pid is now somebody else's", async () => {
  const reused = { ...ownIdentity(), startTime: "1", id: "old" };
  const otherBoot = { ...ownIdentity(), bootId: "another", id: "old" };
  for (const content of ["", "12345", "{}", '{"pid":1}', JSON.stringify(reused), JSON.stringify(otherBoot)]) {
    writeFileSync(home.pidFile, content);
    expect(readLiveSupervisor(home.pidFile)).toBeNull();
  }
  const instance = await becomeSupervisor(home, "new", ownIdentity());
  expect(JSON.parse(readFileSync(home.pidFile, "utf8")).id).toBe("new");
  await instance.release();
});

it("removes only its own PID file", async () => {
  await writePidFile(home.pidFile, { ...ownIdentity(), id: "mine" });
  await removePidFile(home.pidFile, "yours");
  expect(readLiveSupervisor(home.pidFile)?.id).toBe("mine");
});
