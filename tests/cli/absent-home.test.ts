/** Looking makes nothing: no home, no database, no file. A missing queue is said, and shown as an empty one. */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { COMMAND_PATHS } from "../../src/cli/registry.js";
import { Cli } from "../support/cli.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

/** They have something to put into a queue, or need the built program. */
const MAKERS = [
  "enqueue",
  "run",
  "worker start",
  "config set",
  "db migrate",
  "queue set",
  "queue pause",
  "schedule add",
  "policy set",
];
/** They read no queue: the words for a shell, a webhook that the arguments describe, the part of a job of ours. */
const NO_QUEUE = ["completion", "webhook test", "webhook deliver"];
/** Arguments of the commands that need some. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  show: "x",
  logs: "x -f",
  explain: "x",
  wait: "--all",
  cancel: "x",
  retry: "x",
  edit: "x --set priority=1",
  prune: "--state completed -y",
  progress: "5",
  "jobs delete": "x",
  "dlq retry": "--all -y",
  "dlq purge": "-y",
  "queue show": "q",
  "queue rm": "q",
  "queue resume": "q",
  "config get": "max-retries",
  "config unset": "max-retries",
  "policy show": "p",
  "policy remove": "p",
  "schedule show": "s",
  "schedule next": "s",
  "schedule pause": "s",
  "schedule resume": "s",
  "schedule run": "s",
  "schedule edit": "s --priority 1",
  "schedule remove": "s",
  "worker scale": "2",
};

const LOOKERS = COMMAND_PATHS.filter((path) => !MAKERS.includes(path) && !NO_QUEUE.includes(path));

describe("without a home", () => {
  const empty = new Cli("this process");
  beforeAll(() => empty.makeQueue());
  afterAll(() => empty.dispose());

  it.each(LOOKERS)("%s makes nothing, names the home, and ends as in an empty queue", async (path) => {
    const call = `${path} ${ARGUMENTS[path] ?? ""}`.trim().split(" ");
    const env = { QUEUECTL_JOB_ID: "x", QUEUECTL_FENCE: "1" };
    for (const words of [call, [...call, "--json"]]) {
      const { code } = await cli.run([...words, "--home", empty.home], { env });
      const { stdout, stderr, ...result } = await cli.run(words, { env });
      expect({ words, code: result.code }).toEqual({ words, code });
      expect(stdout + stderr).toContain(cli.home);
      expect(existsSync(cli.home)).toBe(false);
    }
  });

  it("status names home and database, and whether they are there", async () => {
    const asked = { home: cli.home, database: join(cli.home, "queuectl.db") };
    expect(JSON.parse((await cli.run(["status", "--json"])).stdout)).toMatchObject({ ...asked, exists: false });
    expect((await cli.run(["status"])).stdout).toContain(`${cli.home} (not there yet)`);
    await cli.ok("enqueue", "--id", "a", "--command", "true");
    expect(await cli.json("status")).toMatchObject({ ...asked, exists: true });
    const { stdout } = await cli.run(["status", "--db", cli.file("other.db")]);
    expect(stdout).toContain(`${cli.file("other.db")} (not there yet)`);
    expect(readdirSync(cli.folder)).toEqual(["home"]);
  });

  it("a home without a database stays as it is", async () => {
    mkdirSync(cli.home, { mode: 0o700 });
    const { code, stdout, stderr } = await cli.run(["list"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "No jobs\n" });
    expect(stderr).toContain(`no database at ${join(cli.home, "queuectl.db")}`);
    expect(readdirSync(cli.home)).toEqual([]);
  });
});

describe("a database that is an empty file", () => {
  beforeEach(() => {
    mkdirSync(cli.home, { mode: 0o700 });
    writeFileSync(join(cli.home, "queuectl.db"), "", { mode: 0o600 });
  });

  it("is said, and stays as it is", async () => {
    const { code, stderr } = await cli.run(["list"]);
    expect(code).toBe(0);
    expect(stderr).toContain(`${join(cli.home, "queuectl.db")} is an empty file`);
    expect(readdirSync(cli.home)).toEqual(["queuectl.db"]);
    expect(statSync(join(cli.home, "queuectl.db")).size).toBe(0);
  });

  it("becomes a database with the first job", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "true");
    expect(await cli.ids()).toEqual(["a"]);
  });

  it("where jobs have left output has lost its content: 78 for every command", async () => {
    mkdirSync(join(cli.home, "output"));
    writeFileSync(join(cli.home, "output", "1.out"), "x");
    for (const words of [["list"], ["enqueue", "--command", "true"], ["worker", "start", "--drain"]])
      expect(await cli.fails(78, words)).toMatch(
        /is an empty file, although .*: its content was lost; restore a backup/,
      );
    expect((await cli.run(["doctor"])).code).toBe(78);
  });
});

describe("HOME", () => {
  it.each(["", "relative", "./x"])("%j is refused where it is needed, and nothing is made: 78", async (home) => {
    const { QUEUECTL_HOME: _, ...env } = cli.env;
    const run = (...words: string[]) => cli.run(words, { env: { ...env, QUEUECTL_HOME: "", HOME: home } });
    for (const words of [["status"], ["enqueue", "--command", "true"], ["worker", "stop"], ["doctor"]]) {
      const { code, stderr } = await run(...words);
      expect({ code, stderr }).toEqual({ code: 78, stderr: expect.stringContaining("--home DIR or QUEUECTL_HOME") });
    }
    expect(readdirSync(cli.folder)).toEqual([]);
    expect((await run("enqueue", "--command", "true", "--home", cli.home)).code).toBe(0);
  });
});
