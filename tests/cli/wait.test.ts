import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Background } from "../support/background.js";
import { Cli } from "../support/cli.js";
import { PROGRAM } from "../support/program.js";
import { hasTerminals, Terminal } from "../support/terminal.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli();
});
afterEach(() => cli.dispose());

const NO_WORKER = "no worker is running: start one with queuectl worker start --detach\n";

const enqueue = (id: string, ...flags: string[]) => cli.ok("enqueue", "--id", id, ...flags, "--command", "true");

/** Once it waits. */
async function waiting(...words: string[]): Promise<Background> {
  const running = cli.start(["wait", ...words]);
  await running.says("stderr", "no worker is running");
  return running;
}

describe("wait", () => {
  it("ends when all jobs have ended: 0 if they completed; says once that nobody works", async () => {
    await enqueue("one");
    await enqueue("two");
    const wait = await waiting("on", "two");
    for (const id of ["one", "two"]) await cli.settle(id, await cli.claim(id), { kind: "succeeded" });
    expect(await wait.ended).toEqual({ code: 0, stdout: "2 jobs completed\n", stderr: NO_WORKER });
    expect(await cli.ok("wait", "one")).toBe("Job one completed\n");
  });

  it("is 4 if one is dead, cancelled or deleted, and names it", async () => {
    await cli.ended("good", { kind: "succeeded" });
    await cli.ended("bad", { kind: "failed", exitCode: 1 });
    await enqueue("unwanted");
    await enqueue("gone");
    const wait = await waiting("good", "bad", "unwanted", "gone");
    await cli.ok("cancel", "unwanted");
    await cli.ok("jobs", "delete", "gone");
    const { code, stdout, stderr } = await wait.ended;
    expect([code, stdout]).toEqual([4, ""]);
    expect(stderr.replace(NO_WORKER, "")).toBe(
      "queuectl: error: 3 of 4 jobs did not complete: bad (dead), unwanted (cancelled), gone (deleted); queuectl explain bad says why\n",
    );
    expect(await cli.fails(4, ["wait", "bad"])).toMatch(/^1 of 1 job did not complete: bad \(dead\)/);
  });

  it("goes on over a failed attempt, which is not the end", async () => {
    const first = await cli.claim("job1");
    const wait = await waiting("job1");
    await cli.settle("job1", first, { kind: "failed", exitCode: 1 });
    expect((await cli.run(["wait", "job1", "--timeout", "0"])).code).toBe(124);
    await cli.inside((_, store) => store.jobs.expedite("job1"));
    await cli.settle("job1", await cli.claim("job1"), { kind: "succeeded" });
    expect((await wait.ended).code).toBe(0);
  });

  it("gives up after the timeout: 124, with what has not ended", async () => {
    await cli.ended("good", { kind: "succeeded" });
    await enqueue("slow", "--delay", "1h");
    await cli.claim("runs");
    const { code, stderr } = await cli.run(["wait", "good", "slow", "runs", "--timeout", "10ms"]);
    expect(code).toBe(124);
    expect(stderr.replace(NO_WORKER, "")).toBe(
      "queuectl: error: after 10ms 2 of 3 jobs had not ended: slow (pending), runs (processing); " +
        "they go on; queuectl explain slow says why one takes so long\n",
    );
  });

  it("--all waits for what has not ended at its start; where there has been no job: 3", async () => {
    expect(await cli.fails(3, ["wait", "--all"])).toMatch(/^there is no job to wait for; /);
    await enqueue("a");
    await enqueue("b");
    const wait = await waiting("--all");
    await cli.run(["worker", "start", "--drain"]);
    expect(await wait.ended).toMatchObject({ code: 0, stdout: "2 jobs completed\n" });
  });

  it("--all reports no success over a job that is dead, from before or since", async () => {
    await enqueue("a");
    const wait = await waiting("--all");
    const fence = await cli.claim("a");
    await cli.ended("other", { kind: "failed", exitCode: 1 });
    await cli.settle("a", fence, { kind: "succeeded" });
    const { code, stdout, stderr } = await wait.ended;
    expect([code, stdout]).toEqual([4, ""]);
    expect(stderr).toContain("1 of 2 jobs did not complete: other (dead); queuectl explain other says why");
    expect(await cli.fails(4, ["wait", "--all"])).toMatch(/^1 of 1 job did not complete: other \(dead\)/);
    await cli.ok("jobs", "delete", "other");
    expect(await cli.ok("wait", "--all")).toBe("All jobs have ended already\n");
  });

  it("--all gives the same code whether the jobs have just ended or are about to", async () => {
    await cli.ended("good", { kind: "succeeded" });
    expect(await cli.ok("wait", "--all")).toBe("All jobs have ended already\n");
    expect(await cli.json("wait", "--all")).toEqual([]);
    await enqueue("unwanted");
    await cli.ok("cancel", "unwanted");
    expect(await cli.ok("wait", "--all")).toBe("All jobs have ended already\n");
    expect((await cli.run(["wait", "--queue", "nope"])).code).toBe(3);
  });

  it("by tag, queue or where waits for all that match, and counts those that had ended", async () => {
    await cli.ok("enqueue", "--id", "good", "--tag", "nightly", "--command", "x");
    await cli.settle("good", await cli.claim("good"), { kind: "succeeded" });
    expect(await cli.ok("wait", "--tag", "nightly")).toBe("Job good completed\n");
    await cli.ok("enqueue", "--id", "slow", "--tag", "nightly", "--queue", "etl", "--command", "x");
    expect((await cli.run(["wait", "--tag", "nightly", "--timeout", "0"])).code).toBe(124);
    const wait = await waiting("--where", "queue=etl or id=good");
    await cli.settle("slow", await cli.claim("slow"), { kind: "succeeded" });
    expect(await wait.ended).toMatchObject({ code: 0, stdout: "2 jobs completed\n" });
    await cli.ended("bad", { kind: "failed", exitCode: 1 });
    expect(await cli.fails(4, ["wait", "--queue", "default"])).toMatch(/^1 of 2 jobs did not complete: bad \(dead\)/);
    expect(await cli.ok("wait", "--queue", "default", "--where", "id!=bad")).toBe("Job good completed\n");
  });

  it("with --json gives the jobs, in the order of the call", async () => {
    await cli.ended("good", { kind: "succeeded" });
    await cli.ended("bad", { kind: "failed", exitCode: 3 });
    expect(await cli.json("wait", "good")).toMatchObject([{ id: "good", state: "completed", exit_code: 0 }]);
    const { code, stdout, stderr } = await cli.run(["wait", "bad", "good", "--json"]);
    expect([code, stderr]).toEqual([4, ""]);
    expect(JSON.parse(stdout)).toMatchObject([{ id: "bad", state: "dead", exit_code: 3 }, { id: "good" }]);
    await enqueue("slow");
    const late = await cli.run(["wait", "slow", "--timeout=0", "--json"]);
    expect(late.code).toBe(124);
    expect(JSON.parse(late.stdout).error).toMatchObject({ code: "timed_out" });
  });

  it("^C ends the waiting and no job: 130", async () => {
    await enqueue("a");
    const wait = await waiting("a");
    wait.child.kill("SIGINT");
    expect((await wait.ended).code).toBe(130);
    expect(await cli.json("show", "a")).toMatchObject({ state: "pending" });
  });

  it.each<[number, string[], RegExp]>([
    [2, ["wait"], /^queuectl wait needs ID, --all, or --state, --queue, --tag or --where/],
    [2, ["wait", "a", "--all"], /^--all and ids cannot be combined/],
    [2, ["wait", "--all", "--tag", "x"], /^--all and --state, --queue, --tag or --where cannot be combined/],
    [2, ["wait", "a", "--queue", "x"], /^ids and --state, --queue, --tag or --where cannot be combined/],
    [2, ["wait", "--where", "age<"], /^--where, column 5: /],
    [3, ["wait", "--tag", "nope"], /^there is no job to wait for/],
    [3, ["wait", "--queue", "nope"], /^there is no job to wait for/],
    [2, ["wait", "a", "--timeout", "soon"], /^--timeout is "soon", which is not a duration/],
    [3, ["wait", "a", "nope"], /^no job has the id "nope"/],
  ])("%i: %j", async (code, words, message) => {
    await enqueue("a");
    expect(await cli.fails(code, words)).toMatch(message);
  });

  it.skipIf(!hasTerminals)("shows on a terminal how far it is, and leaves no trace of it", async () => {
    const gate = join(cli.folder, "open");
    await enqueue("first");
    await cli.ok("enqueue", "--id", "second", "--command", `while ! [ -e ${gate} ]; do sleep 0.01; done`);
    const worker = cli.start(["worker", "start", "--drain"]);
    const terminal = new Terminal([process.execPath, PROGRAM, "wait", "--all"], { QUEUECTL_HOME: cli.home });
    try {
      await terminal.shows("Waiting [");
      expect(existsSync(gate)).toBe(false);
      writeFileSync(gate, "");
      expect(await terminal.ended).toBe(0);
      expect(terminal.lines.at(-2)).toMatch(/^[12] jobs? completed$|^Job second completed$/);
      expect(terminal.lines.join("\n")).not.toContain("Waiting");
      expect((await worker.ended).code).toBe(0);
    } finally {
      terminal.kill();
    }
  });
});
