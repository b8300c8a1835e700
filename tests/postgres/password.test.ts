/** The password of a database goes nowhere but into a file that only its owner can read. */
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PostgresBox } from "./box.js";
import { noPostgres, type PostgresServer, startPostgres } from "./server.js";

const SECRET = "s3cr:et\\pass";
const IN_URL = encodeURIComponent(SECRET);

describe.skipIf(noPostgres !== undefined)("the password of a PostgreSQL database", () => {
  let server: PostgresServer;
  let box: PostgresBox;
  let schemas = 0;
  let parameters: string;
  beforeAll(async () => {
    server = await startPostgres({ password: SECRET });
  });
  afterAll(() => server?.stop());
  beforeEach(() => {
    parameters = `schema=password_${++schemas}`;
    box = new PostgresBox(server, server.tcpUrl(null, parameters));
  });
  afterEach(() => box.dispose());

  const file = () => join(box.home, "db.pgpass");

  it("of a URL is kept in the home, and is in no argument, variable, file or answer besides", async () => {
    box.env.QUEUECTL_DB = server.tcpUrl(IN_URL, parameters);
    await box.ok("db", "migrate");
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    delete box.env.QUEUECTL_DB;
    box.env.QUEUECTL_DB = box.url;
    await box.ok("enqueue", "--id", "a", "--command", "env; $QUEUECTL list --json");
    box.env.QUEUECTL = `${process.execPath} ${join(process.cwd(), "dist/queuectl.js")}`;
    const { supervisor, workers } = await box.json<{ supervisor: { pid: number }; workers: number[] }>(
      ...["worker", "start", "--detach"],
    );
    await box.reaches("a", "completed");
    const output = await box.ok("logs", "a", "--stdout");
    expect(output).toContain('"id":"a"');
    const keeper = JSON.parse(readFileSync(join(box.home, "supervisor.pid"), "utf8")).keeper.pid;
    const texts = [output, ...(await answers())];
    if (existsSync("/proc/self/environ")) {
      for (const pid of [supervisor.pid, keeper, ...workers]) {
        for (const name of ["cmdline", "environ"]) texts.push(readFileSync(`/proc/${pid}/${name}`, "latin1"));
      }
    }
    for (const path of filesOf(box.home)) if (path !== file()) texts.push(readFileSync(path, "latin1"));
    for (const text of texts) for (const part of [SECRET, IN_URL, "s3cr"]) expect(text).not.toContain(part);
  });

  it.each([
    ["PGPASSWORD", () => ({ PGPASSWORD: SECRET })],
    ["a named file", () => ({ QUEUECTL_DB_PASSWORD_FILE: written("named", `${SECRET}\n`) })],
    ["PGPASSFILE", () => ({ PGPASSFILE: written("pgpass", `127.0.0.1:*:*:queue:s3cr\\:et\\\\pass\n`) })],
  ])("is taken from %s", async (_, environment) => {
    Object.assign(box.env, environment());
    await box.ok("db", "migrate");
    await box.ok("enqueue", "true");
    expect(existsSync(file())).toBe(false);
  });

  it.each([
    ["that is wrong", "wrong"],
    ["that is missing", null],
  ])("%s is said in one line, without a word of it", async (_, password) => {
    const { code, stderr } = await box.run(["list"], { env: { QUEUECTL_DB: server.tcpUrl(password, parameters) } });
    expect(code).toBe(78);
    expect(stderr).toMatch(/^queuectl: error: .*password.*\n$/);
    expect(stderr).not.toContain("wrong");
  });

  it("that was kept for one server or user is given to no other", async () => {
    box.env.QUEUECTL_DB = server.tcpUrl(IN_URL, parameters);
    await box.ok("db", "migrate");
    const other = box.url.replace("//queue@", "//other@");
    const { code, stderr } = await box.run(["list"], { env: { QUEUECTL_DB: other } });
    expect(code).toBe(78);
    expect(stderr).toContain("password");
  });

  async function answers(): Promise<string[]> {
    const calls = [
      ["status"],
      ["status", "--json"],
      ["worker", "list", "--json"],
      ["doctor"],
      ["db", "status", "--json"],
    ];
    return Promise.all(calls.map((words) => box.run(words).then(({ stdout, stderr }) => stdout + stderr)));
  }

  function written(name: string, text: string): string {
    writeFileSync(box.file(name), text);
    chmodSync(box.file(name), 0o600);
    return box.file(name);
  }

  function filesOf(folder: string): string[] {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  }
});
