import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli();
});
afterEach(() => cli.dispose());

/** Runs a command whose stdout nobody reads: the shell writes into the pipe until it is refused. Resolves to its exit code and stderr. */
async function unread(words: string): Promise<{ code: number; stderr: string }> {
  const reads = "trap '' PIPE; while printf x 2>/dev/null; do :; done";
  const { stderr } = await cli.shell(`{ ${reads}; $QUEUECTL ${words}; echo $? > code; } | :`);
  return { code: Number(readFileSync(join(cli.folder, "code"), "utf8")), stderr };
}

describe("when nobody reads stdout", () => {
  it("a command ends quietly as a filter does: 141", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    expect(await unread("list")).toEqual({ code: 141, stderr: "" });
    expect(await unread("--help")).toEqual({ code: 141, stderr: "" });
  });

  it("run leaves, and its job goes on: 141", async () => {
    await cli.ok("worker", "start", "--detach");
    expect(await unread("run --id r -q --command 'echo a; exit 7'")).toEqual({ code: 141, stderr: "" });
    expect(await cli.fails(4, ["wait", "r"])).toMatch(/r \(dead\)/);
    await cli.ok("worker", "stop");
  });

  it("what is done to many jobs is done to all of them all the same", async () => {
    const jobs = Array.from({ length: 2500 }, () => '{"command":"x"}').join("\n");
    await cli.ok("enqueue", "-q", "-f", cli.write("jobs.ndjson", jobs));
    expect(await unread("cancel --state pending -y")).toEqual({ code: 141, stderr: "" });
    expect(await cli.json("status")).toMatchObject({ jobs: { cancelled: 2500, total: 2500 } });
    if (!existsSync("/dev/full")) return;
    const full = await cli.shell("$QUEUECTL retry --state cancelled > /dev/full");
    expect(full).toMatchObject({ code: 1, stderr: expect.stringContaining("cannot write to stdout") });
    expect(await cli.json("status")).toMatchObject({ jobs: { pending: 2500, total: 2500 } });
  });

  it("what failed has failed", async () => {
    await cli.ended("dead", { kind: "failed", exitCode: 1 });
    await cli.ok("enqueue", "--id", "waits", "--command", "x");
    expect(await unread("show nope --json")).toEqual({ code: 3, stderr: "" });
    expect(await unread("show nope --json 2>&1")).toEqual({ code: 3, stderr: "" });
    expect(await unread("show nope 2>&1")).toEqual({ code: 3, stderr: "" });
    expect(await unread("wait dead --json")).toEqual({ code: 4, stderr: "" });
    expect(await unread("wait waits --timeout 0 --json")).toMatchObject({ code: 124 });
  });
});

describe.runIf(existsSync("/dev/full"))("when stdout is full", () => {
  const MESSAGE =
    "queuectl: error: cannot write to stdout: no space left on device; changes that the command made are kept\n";

  it.each(["status", "list --limit 0 --json", "list --format csv", "--help", "enqueue --id b --command x"])(
    "%s says so in one line: exit 1",
    async (words) => {
      await cli.ok("enqueue", "--id", "a", "--command", "x");
      expect(await cli.shell(`$QUEUECTL ${words} > /dev/full`)).toEqual({ code: 1, stdout: "", stderr: MESSAGE });
    },
  );

  it("an error that was to be JSON there is told on stderr", async () => {
    const { code, stderr } = await cli.shell("$QUEUECTL show nope --json > /dev/full");
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(/^queuectl: error: no job has [^\n]+\n$/),
    });
  });

  it("remarks are left unsaid when stderr is", async () => {
    expect(await cli.shell("$QUEUECTL status 2> /dev/full")).toMatchObject({ code: 0, stderr: "" });
    expect(await cli.shell("$QUEUECTL show nope 2> /dev/full")).toMatchObject({ code: 3, stdout: "" });
  });
});
