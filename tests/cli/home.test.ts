import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

const isRoot = process.getuid?.() === 0;
const job = ["enqueue", "--id", "a", "--command", "x"];

describe("the home", () => {
  it("is made for its owner alone, whatever the umask", async () => {
    const { code } = await cli.shell("umask 000; $QUEUECTL enqueue --id a --command x");
    expect(code).toBe(0);
    expect(statSync(cli.home).mode & 0o777).toBe(0o700);
    expect(statSync(join(cli.home, "queuectl.db")).mode & 0o777).toBe(0o600);
  });

  it.runIf(existsSync("/proc/self"))("where the system makes no directories is unusable: 78", async () => {
    expect(await cli.fails(78, ["--home", "/proc/nothing", ...job])).toMatch(/^the home directory \/proc\/nothing /);
  });

  it("that is a file is unusable: 78", async () => {
    writeFileSync(cli.home, "");
    expect(await cli.fails(78, job)).toMatch(/^the home directory .* cannot be used: .*; choose another with --home/);
  });

  it("that cannot be made is unusable: 78, in JSON too", async () => {
    const message = await cli.fails(78, ["--home", "/dev/null/nowhere", "status"]);
    expect(message).toMatch(/^the home directory \/dev\/null\/nowhere cannot be used/);
    const { code, stdout } = await cli.run(["--home", "/dev/null/nowhere", "status", "--json"]);
    expect(code).toBe(78);
    expect(JSON.parse(stdout).error.code).toBe("unusable");
  });

  it.runIf(isRoot)("of somebody else is refused: 78, and nothing is written to it", async () => {
    mkdirSync(cli.home);
    chownSync(cli.home, 12_345, 12_345);
    expect(await cli.fails(78, job)).toMatch(
      /belongs to another user \(uid 12345, you are 0\); a job runs as the owner of its home/,
    );
    expect(existsSync(join(cli.home, "queuectl.db"))).toBe(false);
  });

  it("that others may write to is refused, for looking too, until it is mended: 78", async () => {
    await cli.ok(...job);
    for (const [dir, mode] of [
      [cli.home, 0o770],
      [cli.home, 0o702],
      [cli.folder, 0o777],
    ] as const) {
      const before = statSync(dir).mode & 0o777;
      chmodSync(dir, mode);
      for (const words of [["status"], ["enqueue", "--command", "x"], ["worker", "start"], ["worker", "stop"]]) {
        const message = await cli.fails(78, words);
        expect(message).toMatch(/^other users may write to /);
        expect(message.endsWith(`; chmod go-w ${dir}`)).toBe(true);
      }
      expect((await cli.run(["__complete", "show", ""])).stdout).toBe("");
      expect((await cli.run(["doctor"])).code).toBe(78);
      await cli.shell(`chmod go-w ${dir}`);
      await cli.ok("status");
      chmodSync(dir, before);
    }
  });

  it.skipIf(isRoot)("that may not be written is unusable: 78", async () => {
    mkdirSync(cli.home);
    chmodSync(cli.home, 0o500);
    expect(await cli.fails(78, job)).toMatch(/^the home directory .* cannot be used/);
    chmodSync(cli.home, 0o700);
  });
});

describe("a current directory that is gone", () => {
  const gone = 'mkdir gone; cd gone; rmdir "$OLDPWD/gone";';

  it("matters to what begins there: 78", async () => {
    for (const words of ["enqueue --command x", "--home here status", "--db here.db status"]) {
      const { code, stderr } = await cli.shell(`${gone} $QUEUECTL ${words}`);
      expect({ words, code, stderr }).toEqual({
        words,
        code: 78,
        stderr: expect.stringMatching(/: the current directory is gone; .*--cwd DIR\n$/),
      });
    }
  });

  it("and to nothing else", async () => {
    for (const words of [
      "enqueue --command x --cwd /tmp",
      "schedule add s --cron '0 0 * * *' --command x --cwd /tmp",
      "status",
    ]) {
      expect(await cli.shell(`${gone} $QUEUECTL ${words}`)).toMatchObject({ code: 0, stderr: "" });
    }
  });
});

describe("the database", () => {
  it("may be the URL of a file", async () => {
    const path = join(cli.folder, "my queue.db");
    await cli.ok("--db", path, ...job);
    for (const scheme of ["file", "sqlite"]) {
      expect(await cli.ok("list", "--columns", "id", "--format", "csv", "--db", `${scheme}://${encodeURI(path)}`)).toBe(
        "id\na\n",
      );
    }
  });

  it("that is no file is refused, and none is made: 78", async () => {
    for (const db of ["mysql://x", "http://x", ":memory:"]) {
      expect(await cli.fails(78, ["--db", db, "status"])).toMatch(/; give the path of a file, or file:/);
    }
    expect(readdirSync(cli.folder)).toEqual([]);
  });

  it.each(["postgres://me:secret@host/jobs?password=secret", "postgres://me:sec/ret@host", "mysql://me:secret@host"])(
    "%s is refused without a word of its password: 78",
    async (db) => {
      for (const words of [["status"], ["status", "--json"], ["doctor"], ["worker", "list"], ["worker", "start"]]) {
        const answers = [
          await cli.run([...words, "--db", db]),
          await cli.run(words, { env: { QUEUECTL_DB: db, QUEUECTL_DEBUG: "1" } }),
        ];
        for (const { code, stdout, stderr } of answers) {
          expect([code, `${stdout}${stderr}`]).toEqual([78, expect.not.stringMatching(/secret|ret@|sec\//)]);
        }
      }
      expect(await cli.run(["__complete", "--db", db, "show", ""])).toMatchObject({ stdout: "", stderr: "" });
    },
  );

  it("on a server that is not there: a detached start says so, and only a file of the owner has the password", async () => {
    const db = "postgres://me:secret@host/jobs";
    expect(await cli.fails(78, ["worker", "start", "--detach", "--db", db])).toMatch(
      /there is no such server: postgres:\/\/me@host\/jobs /,
    );
    expect(existsSync(cli.home)).toBe(false);
    await cli.makeQueue();
    await cli.fails(78, ["worker", "start", "--detach", "--db", db]);
    for (const name of readdirSync(cli.home, { recursive: true, encoding: "utf8" })) {
      const path = join(cli.home, name);
      if (statSync(path).isFile() && name !== "db.pgpass")
        expect([name, readFileSync(path, "latin1").includes("me:secret")]).toEqual([name, false]);
    }
  });

  it("that is none is refused, and left as it is: 78", async () => {
    await cli.ok(...job);
    for (const name of ["queuectl.db-wal", "queuectl.db-shm"]) writeFileSync(join(cli.home, name), "");
    const path = join(cli.home, "queuectl.db");
    writeFileSync(path, "this is a text, and long enough to be looked at as a database header\n".repeat(100));
    const before = readFileSync(path);
    expect(await cli.fails(78, job)).toContain(path);
    expect(readFileSync(path)).toEqual(before);
  });

  it("of another program is refused, and left as it is: 78", async () => {
    const path = join(cli.folder, "other.db");
    const other = new Sqlite(path);
    other.exec("CREATE TABLE jobs (x); PRAGMA application_id = 1234");
    other.close();
    expect(await cli.fails(78, ["--db", path, ...job])).toContain(path);
    const after = new Sqlite(path, { readonly: true });
    expect(after.prepare("SELECT name FROM sqlite_master").pluck().all()).toEqual(["jobs"]);
    after.close();
  });

  it("of a newer queuectl is refused: 78", async () => {
    await cli.ok(...job);
    const database = new Sqlite(join(cli.home, "queuectl.db"));
    const version = database.pragma("user_version", { simple: true }) as number;
    database.pragma(`user_version = ${version + 1}`);
    database.close();
    expect(await cli.fails(78, ["list"])).toMatch(/newer/);
  });

  it("from before the first release is refused: 78", async () => {
    await cli.ok(...job);
    const database = new Sqlite(join(cli.home, "queuectl.db"));
    database.pragma("user_version = 9");
    database.close();
    expect(await cli.fails(78, ["list"])).toMatch(/from before the first release \(schema 9\).*; move it away/);
  });

  it("that is held by somebody is waited for", async () => {
    await cli.ok(...job);
    const database = new Sqlite(join(cli.home, "queuectl.db"));
    database.exec("BEGIN IMMEDIATE");
    const running = cli.start(["enqueue", "--id", "b", "--command", "x"]);
    expect(await cli.ids()).toEqual(["a"]);
    database.exec("ROLLBACK");
    database.close();
    expect(await running.ended).toMatchObject({ code: 0, stdout: "Enqueued job b\n" });
  });
});
