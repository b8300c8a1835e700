import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Background } from "../support/background.js";
import { Cli } from "../support/cli.js";
import type { JobJson } from "../support/shown-job.js";
import { waitFor } from "../support/wait-for.js";

let cli: Cli;
let worker: Background | undefined;
beforeEach(() => {
  cli = new Cli();
});
afterEach(async () => {
  if (worker) {
    await cli.run(["worker", "stop", "--force"]);
    await worker.ended;
  }
  worker = undefined;
  await cli.dispose();
});

async function startWorker(...flags: string[]): Promise<void> {
  worker = cli.start(["worker", "start", ...flags]);
  await worker.says("stdout", "started");
}

const only = async () => (await cli.json<JobJson[]>("list"))[0];

describe("run", () => {
  it("gives what the command writes, each stream in its place, and its exit code", async () => {
    await startWorker();
    const script = "echo out; echo err >&2; exit 3";
    expect(await cli.run(["run", "--", "sh", "-c", script])).toEqual({ code: 3, stdout: "out\n", stderr: "err\n" });
    expect(await cli.run(["run", "--command", `echo "$A"`, "--env", "A=b  c"])).toEqual({
      code: 0,
      stdout: "b  c\n",
      stderr: "",
    });
    expect(await cli.json("list", "--state", "dead")).toMatchObject([{ attempts: 1, max_retries: 1, exit_code: 3 }]);
  });

  it("leaves no job in the dead-letter queue whose code it has told, until that is retried and dies again", async () => {
    await startWorker();
    expect((await cli.run(["run", "--id", "told", "--command", "exit 3"])).code).toBe(3);
    expect((await cli.run(["enqueue", "--id", "other", "--max-retries", "1", "--command", "exit 4"])).code).toBe(0);
    expect((await cli.run(["wait", "other"])).code).toBe(4);
    const dead = async () => (await cli.json<JobJson[]>("dlq", "list")).map(({ id }) => id);
    expect(await dead()).toEqual(["other"]);
    expect(await cli.json("list", "--state", "dead")).toHaveLength(2);
    expect(await cli.json("status")).toMatchObject({ jobs: { dead: 2 }, dead_letters: 1 });
    expect(await cli.ok("status")).toMatch(/^ {2}dead: +2 \(1 in the dead-letter queue\)$/m);
    expect(await cli.json("show", "told")).toMatchObject({ state: "dead", exit_code: 3 });
    expect(await cli.ok("dlq", "purge", "-y")).toBe("Deleted job other\n");
    expect((await cli.run(["dlq", "retry", "--all"])).stdout).toBe("No dead jobs\n");
    expect(await cli.ok("status")).not.toContain("queuectl dlq list");
    await cli.ok("dlq", "retry", "told");
    expect((await cli.run(["wait", "told"])).code).toBe(4);
    expect(await dead()).toEqual(["told"]);
  });

  it("follows while the command writes", async () => {
    await startWorker();
    const gate = join(cli.folder, "open");
    const run = cli.start(["run", "--command", `echo one; while ! [ -e ${gate} ]; do sleep 0.01; done; echo two`]);
    await run.says("stdout", "one\n");
    expect(existsSync(gate)).toBe(false);
    writeFileSync(gate, "");
    expect(await run.ended).toEqual({ code: 0, stdout: "one\ntwo\n", stderr: "" });
  });

  it("of an output that is cut because it grows too large shows the end, and says what is missing", async () => {
    await cli.ok("config", "set", "output-limit", "64K");
    await startWorker();
    const { code, stdout } = await cli.run(["run", "--", "seq", "1", "1000000"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1\n2\n.*\n999999\n1000000\n$/s);
    // Who was quick enough has read all of it.
    if (stdout.split("\n").length <= 1_000_000)
      expect(stdout).toMatch(/\n… \d+ bytes left out, as the output exceeded 65536 bytes …\n/);
  });

  it.each<[string[], number, RegExp]>([
    [["--command", "kill -KILL $$"], 137, /^queuectl: job \S+ is dead: killed by SIGKILL\n$/],
    [
      ["--timeout", "200ms", "--", "sleep", "1000"],
      124,
      /^queuectl: job \S+ is dead: timed out after 0.2 s, its own limit\n$/,
    ],
    [["--cwd", "/nowhere", "--", "true"], 4, /^queuectl: job \S+ is dead: could not start: the working directory/],
    [["--", "no-such-program"], 127, /not found/],
  ])("%j exits with %i and says what the command cannot", async (words, code, message) => {
    await startWorker();
    const result = await cli.run(["run", ...words]);
    expect([result.code, result.stdout]).toEqual([code, ""]);
    expect(result.stderr).toMatch(message);
    const quiet = await cli.run(["run", "-q", ...words]);
    expect(quiet.stderr === "").toBe(code === 137 || code === 124);
  });

  it("tries again only if --max-retries says so, tells of it, and gives the last exit code", async () => {
    await startWorker();
    const words = [
      "run",
      "--max-retries",
      "2",
      "--backoff-base",
      "0",
      "--command",
      "echo $QUEUECTL_ATTEMPT; exit $((QUEUECTL_ATTEMPT + 4))",
    ];
    const { code, stdout, stderr } = await cli.run(words);
    expect([code, stdout]).toEqual([6, "1\n2\n"]);
    expect(stderr).toMatch(/^(queuectl: attempt 1 of 2 failed: exited with code 5; the next one is in .*\n)?$/);
  });

  it("tells while a retry is waited for", async () => {
    await startWorker();
    const run = cli.start(["run", "--id", "r", "--max-retries", "2", "--backoff-base", "1000", "--", "false"]);
    await run.says("stderr", "queuectl: attempt 1 of 2 failed: exited with code 1; the next one is in 16m");
    await cli.inside((_, store) => store.jobs.expedite("r"));
    expect((await run.ended).code).toBe(1);
  });

  it("says that nobody works, and waits for somebody", async () => {
    const run = cli.start(["run", "--", "echo", "hi"]);
    await run.says("stderr", "queuectl: no worker is running: start one with queuectl worker start --detach\n");
    await startWorker();
    expect(await run.ended).toMatchObject({ code: 0, stdout: "hi\n" });
  });

  it("says why it waits, as explain does; with -q nothing", async () => {
    await startWorker();
    await cli.run(["queue", "pause", "mail"]);
    const quiet = cli.start(["run", "-q", "--id", "quiet", "--queue", "mail", "--", "true"]);
    await waitFor("the job", async () => (await cli.run(["show", "quiet"])).code === 0);
    const run = cli.start(["run", "--id", "r", "--queue", "mail", "--", "true"]);
    await run.says("stderr", "queuectl: job r waits: queue mail is paused");
    await cli.ok("queue", "resume", "mail");
    expect((await run.ended).code).toBe(0);
    expect(await quiet.ended).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("^C cancels the job, shows what it still writes, and exits with 130", async () => {
    await startWorker();
    const run = cli.start(["run", "--command", "trap 'echo bye; exit 0' TERM; echo go; sleep 1000 & wait"]);
    await run.says("stdout", "go\n");
    run.child.kill("SIGINT");
    const { code, stdout, stderr } = await run.ended;
    expect([code, stdout]).toEqual([130, "go\nbye\n"]);
    expect(stderr).toMatch(/^queuectl: cancelling job \S+; \^C again leaves without waiting for its end\n$/);
    expect(await only()).toMatchObject({ state: "cancelled", last_error: "cancelled: interrupted by ^C" });
  });

  it("a second ^C leaves at once", async () => {
    await startWorker();
    const run = cli.start([
      "run",
      "--id",
      "stubborn",
      "--command",
      "trap '' TERM; echo go; while :; do sleep 0.1; done",
    ]);
    await run.says("stdout", "go\n");
    run.child.kill("SIGINT");
    await run.says("stderr", "cancelling");
    run.child.kill("SIGINT");
    expect((await run.ended).code).toBe(130);
    const leftAt = Date.now();
    // The job is killed some seconds later, unless this machine is slower than that.
    const { state, finished_at } = await cli.json("show", "stubborn");
    expect(state === "processing" || Date.parse(String(finished_at)) > leftAt).toBe(true);
  });

  it("^C ends a job that waits", async () => {
    const run = cli.start(["run", "--", "true"]);
    await run.says("stderr", "no worker");
    run.child.kill("SIGINT");
    expect((await run.ended).code).toBe(130);
    expect(await only()).toMatchObject({ state: "cancelled" });
  });

  it("is 4 when somebody else cancels or deletes the job", async () => {
    const [cancelled, deleted] = ["a", "b"].map((id) => cli.start(["run", "--id", id, "--", "true"]));
    for (const run of [cancelled, deleted]) await run?.says("stderr", "no worker");
    await cli.ok("cancel", "a", "--reason", "not today");
    await cli.ok("jobs", "delete", "b");
    const one = await cancelled?.ended;
    expect(one?.code).toBe(4);
    expect(one?.stderr).toContain("queuectl: job a was cancelled: not today\n");
    const other = await deleted?.ended;
    expect(other?.code).toBe(4);
    expect(other?.stderr).toContain("queuectl: error: job b was deleted meanwhile\n");
  });

  it("with --json gives the job at its end, with its history and output", async () => {
    await startWorker();
    const { code, stdout, stderr } = await cli.run(["run", "--json", "--id", "j", "--command", "echo hi; exit 7"]);
    expect([code, stderr]).toEqual([7, ""]);
    const job = JSON.parse(stdout);
    expect(job).toMatchObject({
      id: "j",
      state: "dead",
      exit_code: 7,
      timeout: 0,
      stdout: "hi\n",
      history: [{ attempt: 1 }],
    });
    const { history, ...shown } = await cli.json("show", "j");
    expect(job).toMatchObject(shown);
  });

  it.each<[string[], RegExp]>([
    [[], /^there is nothing to run; the command follows --/],
    [["--"], /^no command follows --/],
    [["make"], /^unexpected argument "make"; the command follows --: queuectl run -- make test/],
    [["--command", "a", "--", "b"], /^--command and a command after -- cannot be combined/],
    [["--max-retries", "0", "--", "a"], /^--max-retries is "0"/],
    [["--queue", "a b", "--", "a"], /^the queue name "a b" is not valid/],
  ])("%j is a usage error, and nothing is enqueued", async (words, message) => {
    expect(await cli.fails(2, ["run", ...words])).toMatch(message);
    expect(await cli.ids()).toEqual([]);
  });

  it("runs nothing, and says so, if another job has its unique key and it is to be left out", async () => {
    await cli.ok("enqueue", "--id", "first", "--unique", "k", "--", "true");
    const words = ["run", "--unique", "k", "--on-conflict", "skip"];
    expect(await cli.run([...words, "--", "echo", "hi"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "queuectl: job first has the unique key already; nothing was run\n",
    });
    expect(await cli.json(...words, "--command", "true")).toMatchObject({ id: "first", created: false });
  });

  it("of an id that exists fails with 6", async () => {
    await cli.ended("a", { kind: "succeeded" });
    expect(await cli.fails(6, ["run", "--id", "a", "--", "true"])).toMatch(/^job a already exists/);
  });
});
