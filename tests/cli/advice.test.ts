/** The hints of explain, each typed as it stands: it is understood, and it helps. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import type { JobJson } from "../support/shown-job.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

interface Explained {
  readonly reasons: readonly { code: string; message: string; hint?: string }[];
}

const enqueue = (id: string, ...flags: string[]) => cli.ok("enqueue", "--id", id, ...flags, "--command", "true");
const job = (id: string) => cli.json<JobJson>("show", id);
const reasons = async (id: string) => (await cli.json<Explained>("explain", id)).reasons;
const codes = async (id: string) => (await reasons(id)).map(({ code }) => code);

/** A command ends where a verb, a comma or a semicolon follows. */
const COMMANDS = /queuectl (.*?)(?= (?:runs|shows|says|takes|gives|lets|lifts|allows|adds)\b|[;,]|$)/g;

/** Types every command in the hints for this job whose reason has the code. */
async function follow(id: string, code: string): Promise<string[]> {
  const hints = (await reasons(id)).filter((reason) => reason.code === code).map(({ hint = "" }) => hint);
  const commands = hints.flatMap((hint) => [...hint.matchAll(COMMANDS)].map(([, words = ""]) => words));
  for (const words of commands) {
    const { code: exitCode, stderr } = await cli.run(words.split(" "));
    expect({ words, exitCode, stderr: stderr.includes("error") }).toEqual({ words, exitCode: 0, stderr: false });
  }
  return commands;
}

describe("what explain proposes for", () => {
  it("a job that died because of one before it: to retry that, all the way up", async () => {
    await enqueue("test", "--max-retries", "1");
    await enqueue("deploy", "--after", "test");
    await enqueue("tell", "--after", "deploy");
    await cli.ended("test", { kind: "failed", exitCode: 1 });
    expect(await cli.ok("explain", "tell")).toMatch(/because job test is dead: exited with code 1\n/);
    expect(await follow("tell", "dead")).toEqual(["explain test", "retry test"]);
    expect([(await job("test")).state, (await job("tell")).state]).toEqual(["pending", "blocked"]);
  });

  it("a job that is held behind one that died so: to retry the one at the beginning", async () => {
    await enqueue("test");
    await enqueue("build", "--after", "test");
    await enqueue("deploy", "--after", "build", "--on-unmet", "hold");
    await cli.ok("cancel", "test");
    const [reason] = await reasons("deploy");
    expect(reason?.message).toBe(
      "it runs only if job build completes, which can no longer happen, because job test was cancelled",
    );
    expect(reason?.hint).toMatch(/^to run test again: queuectl retry test; to run it anyway: queuectl cancel deploy, /);
    await cli.ok("retry", "test");
    expect((await reasons("deploy"))[0]?.message).toBe("it waits until job build (blocked) completes");
  });

  it("a job that ran out of time: more time, wherever the limit comes from", async () => {
    const timedOut = async (id: string) => {
      await cli.ended(id, { kind: "timed-out", timeoutMs: 300_000 });
    };
    await timedOut("usual");
    expect(await reasons("usual")).toMatchObject([
      { code: "dead" },
      { message: "it ran out of time: its time limit is 5m, the default of job-timeout" },
    ]);
    await follow("usual", "time_limit");
    expect(await job("usual")).toMatchObject({ state: "pending", timeout: 600 });
    expect(await cli.ok("config", "get", "job-timeout")).toBe("600\n");
    await cli.ok("cancel", "usual");

    await cli.ok("policy", "set", "slow", "--timeout", "1h");
    await enqueue("ruled", "--policy", "slow", "--max-retries", "1");
    await timedOut("ruled");
    expect((await reasons("ruled"))[1]?.message).toBe("it ran out of time: its time limit is 1h, from its policy slow");
    await follow("ruled", "time_limit");
    expect(await job("ruled")).toMatchObject({ state: "pending", timeout: 7200 });
    expect(await cli.json("policy", "show", "slow")).toMatchObject({ timeout: 7200 });
    await cli.ok("cancel", "ruled");

    await enqueue("own", "--timeout", "5s", "--max-retries", "1");
    await timedOut("own");
    expect((await reasons("own"))[1]?.message).toBe("it ran out of time: its time limit is 5s, its own");
    await follow("own", "time_limit");
    expect(await job("own")).toMatchObject({ state: "pending", timeout: 10 });
  });

  it("a job that waits for its time or its retry: to run it now", async () => {
    await enqueue("later", "--delay", "1h");
    await follow("later", "scheduled");
    expect(await codes("later")).toEqual(["no_supervisor"]);
    await cli.ok("cancel", "later");
    await cli.settle("again", await cli.claim("again"), { kind: "failed", exitCode: 1 });
    await follow("again", "waiting_for_retry");
    expect(await codes("again")).not.toContain("waiting_for_retry");
  });

  it("a paused queue, and limits: to lift them", async () => {
    await cli.ok("queue", "set", "mail", "--concurrency", "1", "--rate", "1/h");
    await cli.claim("runs", { queue: "mail" });
    await enqueue("waits", "--queue", "mail");
    await cli.ok("queue", "pause", "mail");
    expect(await codes("waits")).toEqual(["queue_paused", "queue_full", "queue_rate", "no_supervisor"]);
    for (const code of ["queue_paused", "queue_full", "queue_rate"]) await follow("waits", code);
    expect(await codes("waits")).toEqual(["no_supervisor"]);
  });

  it("a job that is dead, completed or cancelled: to run it again", async () => {
    await cli.ended("dead", { kind: "failed", exitCode: 1 });
    await cli.ended("completed", { kind: "succeeded" });
    await enqueue("cancelled");
    await cli.ok("cancel", "cancelled");
    for (const id of ["dead", "completed", "cancelled"]) {
      await follow(id, id);
      expect(await job(id), id).toMatchObject({ state: "pending" });
    }
  });
});
