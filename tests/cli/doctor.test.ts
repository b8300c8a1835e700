/** What `doctor` finds, and that it leaves everything as it was. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Check } from "../../src/doctor/check.js";
import { acquireExclusiveLock } from "../../src/system/exclusive-lock.js";
import { identityOf } from "../../src/system/process/identity.js";
import { Cli } from "../support/cli.js";
import { waitFor } from "../support/wait-for.js";

let cli: Cli;
let db: string;
const children: ChildProcess[] = [];

/** A process that lives and is nobody's. */
async function somebody() {
  const child = spawn("sleep", ["1000"]);
  children.push(child);
  return waitFor("its identity", () => identityOf(child.pid as number) ?? false);
}

beforeEach(() => {
  cli = new Cli();
  db = join(cli.home, "queuectl.db");
});
afterEach(async () => {
  await cli.run(["worker", "stop", "--force"]);
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await cli.dispose();
});

interface Report {
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

/** All of it, but only what is not well of the checks. */
async function findings(...flags: string[]) {
  const { code, stdout, stderr } = await cli.run(["doctor", "--json", ...flags]);
  expect(stderr).toBe("");
  const { ok, checks } = JSON.parse(stdout) as Report;
  // What the machine that runs the tests lacks is not what they are about.
  const found = checks.filter(({ name, status }) => status !== "ok" && name !== "disk" && name !== "ps");
  return { code, ok, found: found.map(({ name, status }) => `${name}: ${status}`), checks };
}

/** Changes the database behind everybody's back. */
function change(sql: string): void {
  const database = new Sqlite(db);
  database.exec(sql);
  database.close();
}

describe("a home that is well", () => {
  it("has nothing to complain about, also with --full and a supervisor", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "true");
    expect(await findings()).toMatchObject({ code: 0, ok: true, found: [] });
    await cli.ok("worker", "start", "--detach");
    const { found, checks } = await findings("--full");
    expect(found).toEqual([]);
    expect(checks.find(({ name }) => name === "supervisor")?.message).toMatch(/^it runs with the pid \d+$/);
    const text = await cli.ok("doctor");
    expect(text).toMatch(/^ok {7}home {8}\/.* is yours alone$/m);
    expect(text).toMatch(/\n\n0 problems, \d warnings?\n$/);
  });

  it("is not touched", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "true");
    const look = () => [readdirSync(cli.home, { recursive: true }), readFileSync(db)];
    const before = look();
    await cli.ok("doctor", "--full");
    expect(look()).toEqual(before);
  });

  it("need not be there yet, and is not made", async () => {
    expect(await findings()).toMatchObject({ code: 0, ok: true, found: ["home: warning", "database: warning"] });
    expect(existsSync(cli.home)).toBe(false);
  });
});

describe("a database that cannot be used: 78", () => {
  it.each<[string, () => void]>([
    ["a newer one", () => change("PRAGMA user_version = 99")],
    ["one from before the first release", () => change("PRAGMA user_version = 9")],
    ["another program's", () => change("PRAGMA application_id = 7")],
    ["no database", () => writeFileSync(db, "x".repeat(5000))],
  ])("%s", async (_, spoil) => {
    await cli.ok("enqueue", "--command", "true");
    spoil();
    const { code, ok, found, checks } = await findings();
    expect({ code, ok }).toEqual({ code: 78, ok: false });
    expect(found.filter((line) => line.endsWith("problem"))).toHaveLength(1);
    expect(checks.find(({ status }) => status === "problem")?.hint).toBeTruthy();
  });

  it("one that may only be read, and nothing is left beside it", async () => {
    await cli.ok("enqueue", "--command", "true");
    chmodSync(db, 0o400);
    // Root may write whatever the mode says.
    const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
    if (nobody !== undefined) {
      for (const name of readdirSync(cli.folder, { recursive: true, encoding: "utf8" }))
        chownSync(join(cli.folder, name), nobody, nobody);
      chownSync(cli.folder, nobody, nobody);
    }
    const as = nobody === undefined ? {} : { user: nobody };
    const files = () => readdirSync(cli.home).sort();
    const before = files();
    const { code, stdout } = await cli.run(["doctor"], as);
    expect([code, stdout]).toEqual([
      78,
      expect.stringMatching(/^problem {2}database .* cannot be read and written: EACCES/m),
    ]);
    expect(files()).toEqual(before);
    chmodSync(db, 0o600);
    expect(await cli.run(["enqueue", "--id", "b", "--command", "true"], as)).toMatchObject({ code: 0 });
    writeFileSync(`${db}-shm`, "", { mode: 0o400 });
    if (nobody !== undefined) chownSync(`${db}-shm`, nobody, nobody);
    expect((await cli.run(["doctor"], as)).stdout).toMatch(/^problem {2}database .*-shm cannot be read and written/m);
  });

  it("a home that is a link to nothing", async () => {
    symlinkSync(join(cli.folder, "nothing"), cli.home);
    const { code, checks } = await findings();
    const found = checks.find(({ name }) => name === "home");
    expect([code, found]).toEqual([
      78,
      expect.objectContaining({ status: "problem", message: expect.stringContaining("a link to") }),
    ]);
  });

  it("a directory, and a home that is a file", async () => {
    mkdirSync(db, { recursive: true, mode: 0o700 });
    chmodSync(cli.home, 0o700);
    expect(await findings()).toMatchObject({ code: 78, found: expect.arrayContaining(["database: problem"]) });
    const { code, stdout } = await cli.run(["doctor", "--home", cli.write("file", "")]);
    expect([code, stdout]).toEqual([78, expect.stringMatching(/^problem {2}home .* is not a directory; /m)]);
  });
});

describe("doctor finds", () => {
  beforeEach(() => cli.ok("enqueue", "--id", "a", "--command", "true"));

  it("a home and files that others can read", async () => {
    chmodSync(cli.home, 0o755);
    chmodSync(db, 0o644);
    const { code, found, checks } = await findings();
    expect({ code, found }).toEqual({ code: 1, found: ["home: problem", "modes: warning"] });
    expect(checks.find(({ name }) => name === "home")?.hint).toBe(`chmod 700 ${cli.home}`);
  });

  it("damage inside the database", async () => {
    await cli.ok("enqueue", "--id", "b", "--command", "true");
    const raw = new Sqlite(db, { readonly: true });
    const page = raw
      .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'jobs_by_update'")
      .pluck()
      .get() as number;
    raw.close();
    const file = openSync(db, "r+");
    writeSync(file, "x".repeat(4096), (page - 1) * 4096);
    closeSync(file);
    const { code, found } = await findings("--full");
    expect([code, found]).toEqual([1, expect.arrayContaining(["integrity: problem"])]);
  });

  it("attempts of jobs that are not there", async () => {
    change(
      "PRAGMA foreign_keys = OFF; INSERT INTO attempts (job_id, attempt, worker_id, started_at) VALUES ('x', 1, 'w', 1)",
    );
    expect(await findings()).toMatchObject({ code: 1, found: ["references: problem"] });
  });

  it("an older schema, without upgrading it", async () => {
    change("PRAGMA user_version = 0");
    expect(await findings()).toMatchObject({ code: 0, found: ["schema: warning"] });
    const raw = new Sqlite(db);
    expect(raw.pragma("user_version", { simple: true })).toBe(0);
    raw.close();
  });

  it("a clock that was set back", async () => {
    change("UPDATE jobs SET updated_at = 7258118400000");
    expect(await findings()).toMatchObject({ code: 0, found: ["clock: warning"] });
  });

  it("jobs whose worker is dead", async () => {
    await cli.claim("a");
    const { found, checks } = await findings();
    expect(found).toEqual(["leases: warning"]);
    expect(checks.find(({ name }) => name === "leases")?.message).toMatch(/^1 job\(s\) .*: a$/);
  });

  /** A living process that the queue takes for one of its own. */
  async function registered(kind: "supervisor" | "worker", state: "running" | "degraded", pool: string) {
    const me = {
      ...(await somebody()),
      id: `${kind}-${pool}`,
      kind,
      home: cli.home,
      pool,
      supervisorId: kind === "worker" ? "gone" : null,
      state,
      restarts: 0,
      queues: null,
      slots: 1,
      program: null,
    } as const;
    await cli.inside((_, store) => store.processes.register(me));
    return me;
  }

  const hintOf = async (name: string) => (await findings()).checks.find((check) => check.name === name)?.hint;

  it("workers that have lost their supervisor, and how to end no others", async () => {
    const me = await registered("worker", "running", "gpu");
    const { found, checks } = await findings();
    expect(found).toEqual(["workers: warning", "programs: warning"]);
    expect(checks.find(({ name }) => name === "workers")?.message).toContain(String(me.pid));
    expect(await hintOf("workers")).toMatch(/to end them now: queuectl worker stop --force$/);
    await registered("supervisor", "running", "main");
    expect(await hintOf("workers")).toMatch(/to end them now: queuectl worker stop --force --name gpu$/);
  });

  it("a degraded supervisor, and which log says why", async () => {
    await registered("supervisor", "degraded", "gpu");
    expect(await findings()).toMatchObject({ code: 1, found: ["workers: problem", "programs: warning"] });
    expect(await hintOf("workers")).toBe("queuectl worker logs says why");
    await registered("supervisor", "running", "main");
    expect(await hintOf("workers")).toBe("queuectl worker logs --name gpu says why");
  });

  it("the PID file of a named pool, which the hint removes", async () => {
    const path = join(cli.home, "supervisor-gpu.pid");
    writeFileSync(path, "{}", { mode: 0o600 });
    expect(await hintOf("pool gpu")).toBe(
      "queuectl worker start --name gpu replaces it, queuectl worker stop --name gpu removes it",
    );
    expect((await cli.run(["worker", "stop", "--name", "gpu"])).code).toBe(5);
    expect(existsSync(path)).toBe(false);
  });

  it("a PID file that names nobody, and a lock that nobody named has", async () => {
    writeFileSync(join(cli.home, "supervisor.pid"), "{}", { mode: 0o600 });
    expect((await findings()).found).toEqual(["supervisor: warning"]);
    const lock = acquireExclusiveLock(join(cli.home, "supervisor.lock.db"));
    expect(await findings()).toMatchObject({ code: 1, found: ["supervisor: problem"] });
    lock?.release();
    expect((await findings()).found).toEqual(["supervisor: warning"]);
  });

  it("files that no attempt refers to", async () => {
    await cli.ended("b", { kind: "succeeded" }).catch(() => {});
    writeFileSync(join(cli.home, "output", "77.result"), "1");
    const { found, checks } = await findings();
    expect(found).toContain("output: warning");
    expect(checks.find(({ name }) => name === "output")?.message).toMatch(/^1 of 1 file\(s\)/);
    expect(readdirSync(join(cli.home, "output"))).toEqual(["77.result"]);
  });
});
