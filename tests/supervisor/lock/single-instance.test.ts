import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ConflictError } from "../../../src/core/errors.js";
import { type Home, locateHome, prepareHome } from "../../../src/home/home.js";
import { type PidFileContent, readLiveSupervisor, readPidFile } from "../../../src/home/pid-file.js";
import { MAIN_POOL, type Pool, poolOf, poolsOf } from "../../../src/home/pool.js";
import { identityOf, ownIdentity } from "../../../src/system/process/identity.js";
import { removePidFile, writePidFile } from "../../../supervisor/lock/pid-file.js";
import { becomeSupervisor } from "../../../supervisor/lock/single-instance.js";

const me = (id: string): PidFileContent => ({ ...ownIdentity(), id, keeper: null, workers: 1, db: "q.db" });

let home: Home;
let pool: Pool;
beforeEach(() => {
  home = locateHome({ home: mkdtempSync(join(tmpdir(), "queuectl-single-")) }, {});
  prepareHome(home);
  pool = poolOf(home, MAIN_POOL);
});
afterEach(() => rmSync(home.dir, { recursive: true, force: true }));

it("lets one in, names it to the second, and lets the next one in when it has left", async () => {
  const first = await becomeSupervisor(home, MAIN_POOL, me("first"));
  expect(statSync(pool.pidFile).mode & 0o777).toBe(0o600);
  expect(readLiveSupervisor(pool.pidFile)).toMatchObject({ id: "first", pid: process.pid });
  await expect(becomeSupervisor(home, MAIN_POOL, me("second"))).rejects.toThrow(ConflictError);
  await expect(becomeSupervisor(home, MAIN_POOL, me("second"))).rejects.toThrow(`pid ${process.pid}`);
  await first.release();
  expect(() => statSync(pool.pidFile)).toThrow();
  await (await becomeSupervisor(home, MAIN_POOL, me("third"))).release();
});

it("takes the first free name, and leaves one that its keeper is about to bring back", async () => {
  const first = await becomeSupervisor(home, null, me("first"));
  const second = await becomeSupervisor(home, null, me("second"));
  const named = await becomeSupervisor(home, "gpu", me("named"));
  expect([first, second, named].map((one) => one.pool.name)).toEqual(["main", "main-2", "gpu"]);
  await first.release();
  await writePidFile(pool.pidFile, { ...me("killed"), startTime: "0", keeper: ownIdentity() });
  const third = await becomeSupervisor(home, null, me("third"));
  expect(third.pool.name).toBe("main-3");
  expect(poolsOf(home).map(({ name }) => name)).toEqual(["main", "gpu", "main-2", "main-3"]);
  for (const one of [second, named, third]) await one.release();
});

it("takes over from one that was killed, whose PID file is still there", async () => {
  const child = spawn(process.execPath, ["-e", "process.stdout.write('up'); setInterval(() => {}, 1000)"]);
  await once(child.stdout, "data");
  const identity = identityOf(child.pid as number);
  expect(identity).not.toBeNull();
  if (identity) await writePidFile(pool.pidFile, { ...identity, id: "killed", keeper: null, workers: 1, db: "q.db" });
  expect(readLiveSupervisor(pool.pidFile)?.id).toBe("killed");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(readLiveSupervisor(pool.pidFile)).toBeNull();
  await (await becomeSupervisor(home, MAIN_POOL, me("next"))).release();
});

it("leaves the pool of a killed supervisor to its keeper, while that one lives", async () => {
  const killed = { ...me("killed"), startTime: "1", keeper: ownIdentity() };
  await writePidFile(pool.pidFile, killed);
  await expect(becomeSupervisor(home, MAIN_POOL, me("foreground"))).rejects.toThrow(
    `its keeper (pid ${process.pid}) starts it`,
  );
  expect(readPidFile(pool.pidFile)).toEqual(killed);
  await (await becomeSupervisor(home, MAIN_POOL, { ...me("next"), keeper: ownIdentity() })).release();
  await writePidFile(pool.pidFile, { ...killed, keeper: { ...ownIdentity(), startTime: "1" } });
  await (await becomeSupervisor(home, MAIN_POOL, me("foreground"))).release();
});

it("believes no PID file that is garbage, or whose pid is now another process's", async () => {
  const reused = { ...me("old"), startTime: "1" };
  const otherBoot = { ...me("old"), bootId: "another" };
  for (const content of ["", "12345", "{}", '{"pid":1}', JSON.stringify(reused), JSON.stringify(otherBoot)]) {
    writeFileSync(pool.pidFile, content);
    expect(readLiveSupervisor(pool.pidFile)).toBeNull();
  }
  const instance = await becomeSupervisor(home, MAIN_POOL, me("new"));
  expect(JSON.parse(readFileSync(pool.pidFile, "utf8")).id).toBe("new");
  await instance.release();
});

it("reads a PID file of a container's first process, and believes it only if that is the one", async () => {
  const first = identityOf(1);
  expect(first).not.toBeNull();
  if (first) await writePidFile(pool.pidFile, { ...me("first"), ...first });
  expect(readLiveSupervisor(pool.pidFile)).toMatchObject({ id: "first", pid: 1 });
  await writePidFile(pool.pidFile, { ...me("earlier"), pid: 1, startTime: "of an earlier container" });
  expect(readPidFile(pool.pidFile)?.id).toBe("earlier");
  expect(readLiveSupervisor(pool.pidFile)).toBeNull();
  for (const pid of [0, -1]) {
    await writePidFile(pool.pidFile, { ...me("none"), pid });
    expect(readPidFile(pool.pidFile)).toBeNull();
  }
});

it("removes only its own PID file", async () => {
  await writePidFile(pool.pidFile, me("mine"));
  await removePidFile(pool.pidFile, "yours");
  expect(readLiveSupervisor(pool.pidFile)?.id).toBe("mine");
});

it("does not take the instant of another start, or of a look at the lock, for a supervisor", async () => {
  await (await becomeSupervisor(home, MAIN_POOL, me("earlier"))).release();
  // A living process in the PID file, as of a supervisor that is just being killed.
  await writePidFile(pool.pidFile, me("dying"));
  const other = new Sqlite(pool.lockDb);
  other.exec("BEGIN");
  other.prepare("SELECT * FROM sqlite_schema").get();
  const becoming = becomeSupervisor(home, MAIN_POOL, me("mine"));
  // Once it has been refused. What it does next is its answer, or another try.
  await nextTurn();
  other.close();
  await (await becoming).release();
});

it("waits for the name of the one that has the lock, and says so if none comes", { timeout: 20_000 }, async () => {
  const first = await becomeSupervisor(home, MAIN_POOL, me("first"));
  rmSync(pool.pidFile);
  const second = becomeSupervisor(home, MAIN_POOL, me("second"));
  await nextTurn();
  await first.keepNamed();
  await expect(second).rejects.toThrow(ConflictError);
  rmSync(pool.pidFile);
  await expect(becomeSupervisor(home, MAIN_POOL, me("third"))).rejects.toMatchObject({ code: "timed_out" });
  await first.release();
});
