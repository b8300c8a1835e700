import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMAND_PATHS, GROUPS } from "../../src/cli/registry.js";
import { JOB_KEYS } from "../../src/core/job/schema.js";
import { Cli } from "../support/cli.js";

let cli: Cli;
beforeAll(() => {
  cli = new Cli("this process");
});
afterAll(() => cli.dispose());

describe("help", () => {
  it("of enqueue names every key that a job may have", async () => {
    const [, listed = ""] =
      /JSON keys are ([^.]*)\./.exec((await cli.ok("help", "enqueue")).replace(/\s+/g, " ")) ?? [];
    const words: readonly string[] = listed.match(/[a-z_]+/g) ?? [];
    expect(JOB_KEYS.filter((key) => !words.includes(key))).toEqual([]);
  });

  it.each([[["--help"]], [["-h"]], [["help"]], [["help", "help"]]])("%j lists every command", async (words) => {
    const text = await cli.ok(...words);
    for (const path of COMMAND_PATHS) expect(text).toContain(`  ${path} `);
    expect(text).toContain("--home DIR");
  });

  it.each(COMMAND_PATHS.map((path) => [path]))("of %s has usage, flags and examples", async (path) => {
    const text = await cli.ok("help", ...path.split(" "));
    expect(text).toMatch(new RegExp(`\nUsage\n  queuectl ${path} \\[flags\\]`));
    expect(text).toContain("\nFor every command\n      --home DIR");
    expect(text).toMatch(/\nExamples\n {2}# .+\n {2}queuectl /);
    expect(text).not.toContain(" | ");
    expect(await cli.ok(...path.split(" "), "--help")).toBe(text);
  });

  it.each(GROUPS.map((group) => [group]))("of the group %s lists its commands", async (group) => {
    const text = await cli.ok(group, "--help");
    for (const path of COMMAND_PATHS.filter((path) => path.startsWith(`${group} `))) expect(text).toContain(path);
    expect(await cli.ok("help", group)).toBe(text);
  });

  it("is given wherever --help stands, whatever else is wrong", async () => {
    const text = await cli.ok("help", "show");
    for (const words of [
      ["show", "-h"],
      ["show", "a", "b", "--help"],
      ["--help", "show"],
      ["--home", "/x", "show", "-h"],
    ])
      expect(await cli.ok(...words)).toBe(text);
  });

  it.each([[["--name", "x"]], [["--count=3", "x"]]])(
    "is where to look for a flag without a command: %j",
    async (words) => {
      expect(await cli.fails(2, words)).toBe(
        `queuectl has no flag ${words[0]?.split("=")[0]} before the command; queuectl --help lists the commands; their flags follow them`,
      );
      expect(await cli.fails(2, ["--home", "/x", "--json=1", "lsit"])).toMatch(
        /^there is no command "lsit"; did you mean/,
      );
    },
  );

  it("touches no home", async () => {
    const { code } = await cli.run(["--help"], { env: { QUEUECTL_HOME: "/dev/null/nowhere" } });
    expect(code).toBe(0);
  });

  it("is given for what a command is called elsewhere", async () => {
    expect(await cli.ok("help", "ls")).toBe(await cli.ok("help", "list"));
    expect(await cli.ok("rm", "--help")).toBe(await cli.ok("help", "jobs", "delete"));
    expect(await cli.ok("help", "worker", "status")).toBe(await cli.ok("help", "worker", "list"));
  });

  it("--version is the package's", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    for (const words of ["--version", "-v", "-V", "version"]) expect(await cli.ok(words)).toBe(`${version}\n`);
  });
});

describe("a mistake on the command line is named: exit 2", () => {
  it.each<[string[], RegExp]>([
    [["enqeue"], /^there is no command "enqeue"; did you mean: queuectl enqueue$/],
    [["frobnicate"], /^there is no command "frobnicate"; queuectl --help lists the commands$/],
    [["sh", "-c", "echo $HOME"], /; to run it as a job: queuectl enqueue -- sh -c 'echo \$HOME'$/],
    [["/bin/sh", "x"], /; to run it as a job: queuectl enqueue -- \/bin\/sh x$/],
    [["help", "frobnicate"], /^there is no command "frobnicate"/],
    [["worker"], /^queuectl worker needs a command; one of: queuectl worker start, stop, /],
    [["worker", "strat"], /^there is no command "worker strat"; did you mean: queuectl worker start$/],
    [["dlq", "shw"], /^there is no command "dlq shw"; one of: queuectl dlq list, retry, purge$/],
    [
      ["stop"],
      /^there is no command "stop"; to stop the workers: queuectl worker stop; to cancel a job: queuectl cancel ID; /,
    ],
    [["help", "stop"], /^there is no command "stop"; to stop the workers: queuectl worker stop/],
    [["status", "--name"], /^queuectl status has no flag --name; queuectl status --help lists its flags$/],
    [["status", "--watch"], /^queuectl status has no flag --watch; to watch the queue: queuectl top$/],
    [["worker", "start", "3"], /^unexpected argument "3"; to start several: queuectl worker start --count 3$/],
    [["worker", "start", "--foreground", "-d"], /^--foreground and --detach cannot be combined; give one of them$/],
    [["list", "--state", "running"], /^--state cannot be "running"; did you mean processing\?$/],
    [["list", "--state", "all"], /; queuectl list shows the jobs of all states$/],
    [["list", "--where", "state=queued"], /, which is not a state; did you mean pending\?$/],
    [["constructor"], /^there is no command "constructor"/],
    [["status", "--jsn"], /^queuectl status has no flag --jsn; did you mean --json\?$/],
    [["--bogus"], /^queuectl status has no flag --bogus/],
    [["status", "-x"], /^queuectl status has no flag -x/],
    [["status", "extra"], /^unexpected argument "extra"/],
    [["show"], /^queuectl show needs ID; usage: queuectl show \[flags\] ID; the newest job is called last$/],
    [["cancel"], /^queuectl cancel needs ID or --state, --queue, --tag or --where; for example: queuectl cancel last$/],
    [["--home"], /^--home needs a value/],
    [["--home", "", "status"], /^--home is empty/],
    [["status", "--db="], /^--db is empty/],
    [["--home", "a", "status", "--home=b"], /^--home is given twice; it takes one value: give it once$/],
    [["enqueue", "-f", "1.json", "-f", "2.json"], /^--file is given twice/],
    [["enqueue", "--file=1.json", "-f", "1.json"], /^--file is given twice/],
    [["enqueue", "--id", "a", "--id", "b", "--command", "x"], /^--id is given twice/],
    [["enqueue", "--command", "x", "--command", "y"], /^--command is given twice/],
    [["cancel", "--queue", "a", "--queue", "b", "-y"], /^--queue is given twice/],
  ])("%j", async (words, message) => {
    expect(await cli.fails(2, words)).toMatch(message);
  });

  it("or in JSON on stdout, wherever --json stands", async () => {
    for (const words of [
      ["--json", "enqeue"],
      ["enqeue", "--json"],
      ["show", "--json"],
    ]) {
      const { code, stdout, stderr } = await cli.run(words);
      expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
      expect(stdout).toMatch(/^[^\n]+\n$/);
      expect(JSON.parse(stdout)).toEqual({
        error: { code: "usage", message: expect.any(String), hint: expect.any(String) },
      });
    }
    const { stdout } = await cli.run(["enqeue"], { env: { QUEUECTL_OUTPUT: "json" } });
    expect(JSON.parse(stdout).error.hint).toBe("did you mean: queuectl enqueue");
  });

  it("with a stack trace only for QUEUECTL_DEBUG=1", async () => {
    const { code, stderr } = await cli.run(["show"], { env: { QUEUECTL_DEBUG: "1" } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^queuectl: error: queuectl show needs ID;.*\n.*Error: queuectl show needs ID\n +at /);
  });
});

describe("global flags", () => {
  it("stand before or after the command, as two words or one", async () => {
    await cli.ok("enqueue", "--id", "here", "--command", "x");
    const other = `${cli.folder}/other`;
    await cli.ok("--home", other, "config", "set", "max-retries", "4");
    for (const words of [
      ["--home", other, "list", "--json"],
      ["list", "--home", other, "--json"],
      [`--home=${other}`, "--json", "list"],
      ["list", "--json", `--home=${other}`],
    ])
      expect(JSON.parse(await cli.ok(...words))).toEqual([]);
    expect(JSON.parse(await cli.ok("dlq", "--json", "list"))).toEqual([]);
    expect(await cli.ids()).toEqual(["here"]);
  });

  it("choose the database apart from the home", async () => {
    const db = `${cli.folder}/elsewhere.db`;
    await cli.ok("--db", db, "enqueue", "--id", "there", "--command", "x");
    expect(await cli.ids()).toEqual(["here"]);
    const { stdout } = await cli.run(["list", "--columns", "id", "--format", "csv"], { env: { QUEUECTL_DB: db } });
    expect(stdout).toBe("id\nthere\n");
  });

  it("may be switched on twice", async () => {
    expect(JSON.parse(await cli.ok("--json", "list", "--json", "--queue", "none"))).toEqual([]);
  });

  it("-- ends them", async () => {
    expect(await cli.fails(3, ["show", "--", "--json"])).toMatch(/^no job has the id "--json"/);
  });
});

describe("off a terminal", () => {
  it("nothing is coloured, even where a build server would like it", async () => {
    await cli.ok("enqueue", "--command", "x");
    const { stdout } = await cli.run(["status"], { env: { CI: "true", FORCE_COLOR: "1" } });
    expect(stdout).not.toContain("\x1b");
  });
});
