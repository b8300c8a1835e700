/** Commands in hints: typed as they stand, they act on the queue of the call that gave the hint. */
import { symlinkSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import { callsIn } from "../support/shell-calls.js";

let cli: Cli;
/** Leads to the home. A shell takes it only in quotes. */
let home: string;
/** What a hint says before the words of its command. */
let program: string;
beforeEach(async () => {
  cli = new Cli("this process");
  home = cli.file("Ann's queue");
  program = `queuectl --home '${home.replace("'", `'\\''`)}'`;
  await cli.ok("enqueue", "--id", "dead", "--max-retries", "1", "--command", "false");
  await cli.ok("enqueue", "--id", "child", "--after", "dead", "--command", "true");
  await cli.ended("dead", { kind: "failed", exitCode: 1 }, { stdout: "line\n".repeat(30) });
  await cli.ok("enqueue", "--id", "due", "--command", "queuectl worker start");
  await cli.ok("schedule", "add", "feed", "--cron", "@daily", "--", "true");
  await cli.ok("schedule", "pause", "feed");
  symlinkSync(cli.home, home);
  cli.env.QUEUECTL_HOME = cli.file("other");
});
afterEach(() => cli.dispose());

async function said(...words: string[]): Promise<string> {
  const { stdout, stderr } = await cli.run(words);
  return stdout + stderr;
}

it.each([
  ["an error", ["show", "nope"], "list shows the jobs that there are"],
  ["an error of the command line", ["wroker"], "worker\n"],
  ["forms to type", ["stop"], "worker stop; to cancel a job: "],
  ["the commands of a group", ["worker"], "worker start, stop, "],
  ["an example", ["enqueue"], "enqueue 'echo hi'\n"],
  ["a remark", ["schedule", "next", "feed"], "schedule resume feed resumes it"],
  ["a list without lines", ["policy", "list"], "policy set NAME --max-retries 5"],
  ["a list of workers", ["worker", "list"], "worker start --detach"],
  ["the next steps of status", ["status"], "worker start --detach"],
  ["its way to the dead jobs", ["status"], "dlq list"],
  ["top", ["top"], "worker start --detach"],
  ["explain", ["explain", "due"], "worker start --detach"],
  ["explain in JSON", ["explain", "due", "--json"], "worker start --detach"],
  ["the errors of some jobs", ["retry", "--state", "dead", "--where", "id=child", "--json"], "retry dead runs "],
  ["an error in JSON", ["show", "nope", "--json"], "list shows the jobs that there are"],
  ["wait", ["wait", "due", "--timeout", "10ms"], "worker start --detach\n"],
  ["worker stop", ["worker", "stop"], "worker start --detach"],
  ["show", ["show", "dead"], "logs dead shows all"],
  ["an edited job", ["edit", "dead", "--set", "priority=1"], "retry dead runs it again"],
])("--home as it was typed is in %s", async (_, words, command) => {
  const text = await said("--home", home, ...words);
  expect(words.includes("--json") ? text.replaceAll("\\\\", "\\") : text).toContain(`${program} ${command}`);
});

describe("a hint", () => {
  it("acts on the home that was typed", async () => {
    const hint = (await said("edit", "dead", "--set", "priority=1", "--home", home)).match(/; (.*) runs/)?.[1] ?? "";
    const [words = []] = callsIn(hint);
    expect(await cli.ok(...words)).toMatch(/^Moved job dead back to the queue/);
  });

  it("repeats the database too, however the options were typed", async () => {
    const db = `${cli.home}/queuectl.db`;
    expect(await said(`--home=${home}`, "show", "nope", "--db", db)).toContain(`; ${program} --db ${db} list shows`);
    expect(await said("show", "nope", "--data-dir", home)).toContain(`; ${program} list shows`);
  });

  it("has the home directory for a ~ after =, which no shell puts in", async () => {
    cli.env.HOME = cli.folder;
    expect(await said("--home=~/home", "show", "nope")).toContain(`; queuectl --home ${cli.home} list shows`);
    expect(await said("--home", "./~", "show", "nope")).toContain(`there is no home at ${cli.file("~")}`);
    for (const path of ["~", "~/home"]) {
      expect(await cli.fails(78, ["--home", path, "status"])).toMatch(/^the path "~.*" begins with ~, .*whole path/);
      cli.env.QUEUECTL_DB = path;
      expect(await cli.fails(78, ["status"])).toMatch(/^the path "~.*" begins with ~/);
      delete cli.env.QUEUECTL_DB;
    }
  });

  it("shows no password", async () => {
    const text = await said("--db", "postgres://me:secret@host/q", "wroker");
    expect(text).toContain("did you mean: queuectl --db postgres://me@host/q worker");
    expect(await said("--db", "postgres://me:sec@ret@host/q", "wroker")).toContain("did you mean: queuectl worker\n");
  });

  it("names no home that the environment gives", async () => {
    await said("--home", home, "show", "nope");
    expect(await said("show", "nope")).toContain("; queuectl enqueue makes one");
  });

  it("leaves texts of users and lines of usage as they are", async () => {
    expect(await said("--home", home, "show", "due")).toMatch(/Command +queuectl worker start\n/);
    expect(await said("--home", home, "show")).toBe(
      "queuectl: error: queuectl show needs ID; usage: queuectl show [flags] ID; the newest job is called last\n",
    );
  });
});

it("what worker start says in the background stops that pool", async () => {
  const { stdout } = await cli.run(["worker", "start", "--detach", "--home", home]);
  const stop = stdout.match(/^To stop: (.*)$/m)?.[1] ?? "";
  expect(stop).toBe(`${program} worker stop`);
  expect(await cli.shell(stop.replace("queuectl", "$QUEUECTL"))).toMatchObject({
    code: 0,
    stdout: "Stopped 1 worker(s)\n",
  });
}, 30_000);
