import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import { PROGRAM } from "../support/program.js";
import type { JobJson } from "../support/shown-job.js";
import { hasTerminals, Terminal } from "../support/terminal.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

/** dead1 and dead2 (queue etl, tag t), done (etl, tag t), gone (cancelled), runs, and wait1 (etl, tag t), wait2 (tags t, u). */
async function sevenJobs(): Promise<void> {
  for (const [id, exitCode] of [
    ["dead1", 1],
    ["dead2", 2],
    ["done", 0],
  ] as const) {
    const flags = ["--queue", "etl", "--tag", "t", "--max-retries", "1"];
    await cli.ok("enqueue", "--id", id, "--command", "x", ...flags);
    const outcome = exitCode === 0 ? ({ kind: "succeeded" } as const) : ({ kind: "failed", exitCode } as const);
    await cli.settle(id, await cli.claim(id), outcome);
  }
  await cli.ok("enqueue", "--id", "gone", "--command", "x");
  await cli.ok("cancel", "gone");
  await cli.claim("runs");
  await cli.ok("enqueue", "--id", "wait1", "--command", "x", "--queue", "etl", "--tag", "t");
  await cli.ok("enqueue", "--id", "wait2", "--command", "x", "--tag", "t", "--tag", "u");
}

async function states(): Promise<string> {
  return (await cli.json<JobJson[]>("list", "--limit", "0")).map(({ id, state }) => `${id}:${state}`).join(" ");
}

const BEFORE = "dead1:dead dead2:dead done:completed gone:cancelled runs:processing wait1:pending wait2:pending";

describe("jobs chosen by flags", () => {
  it.each<[string[], string]>([
    [["cancel", "--queue", "etl", "-y"], "wait1"],
    [["cancel", "--state", "pending", "--yes"], "wait1 wait2"],
    [["cancel", "--tag", "t", "--tag", "u", "-y"], "wait2"],
    [["cancel", "--tag", "t", "--where", "queue!=etl", "-y"], "wait2"],
    [["jobs", "delete", "--state", "dead,cancelled", "-y"], "dead1 dead2 gone"],
    [["jobs", "delete", "--queue", "etl", "-y"], "dead1 dead2 done wait1"],
    [["jobs", "delete", "--where", "id~wait", "-y"], "wait1 wait2"],
    [
      ["jobs", "delete", "--where", "state=dead or state=pending", "--where", "tag=t and queue=etl", "-y"],
      "dead1 dead2 wait1",
    ],
    [["jobs", "delete", "--where", "state=dead", "--where", "exit_code=2", "-y"], "dead2"],
    [["retry", "--state", "dead", "--state", "cancelled"], "dead1 dead2 gone"],
    [["retry", "--queue", "etl"], "dead1 dead2"],
    [["retry", "--tag", "t", "--where", "exit_code=2"], "dead2"],
    [["retry", "--where", "state!=dead and queue=etl"], "done"],
    [["dlq", "retry", "--where", "exit_code=1", "-y"], "dead1"],
    [["retry", "--state", "cancelled", "--yes"], "gone"],
    [["dlq", "purge", "-y"], "dead1 dead2"],
    [["dlq", "purge", "--where", "exit_code=1", "-y"], "dead1"],
    [["dlq", "clear", "--tag", "t", "--force"], "dead1 dead2"],
    [["rm", "done"], "done"],
    [["kill", "wait1"], "wait1"],
    [["dlq", "requeue-all"], "dead1 dead2"],
    [["dlq", "retry", "--all", "--queue", "etl"], "dead1 dead2"],
    [["dlq", "retry", "--state", "dead", "--tag", "t"], "dead1 dead2"],
  ])("%j", async (words, ids) => {
    await sevenJobs();
    const verb =
      Object.entries({ "cancel|kill": "Cancelled job $", "jobs|rm|dlq (purge|clear)": "Deleted job $" }).find(
        ([start]) => RegExp(`^(${start})\\b`).test(words.join(" ")),
      )?.[1] ?? "Moved job $ back to the queue";
    const lines = ids.split(" ").map((id) => `${verb.replace("$", id)}\n`);
    expect(await cli.ok(...words)).toBe(lines.join(""));
    const left = (await states()).split(" ");
    const before = BEFORE.split(" ");
    expect(before.filter((job) => !left.includes(job)).map((job) => job.split(":")[0])).toEqual(ids.split(" "));
  });

  it("give a list in JSON, also if it is only one", async () => {
    await sevenJobs();
    expect(await cli.json("retry", "--where", "exit_code=2")).toMatchObject([{ id: "dead2", state: "pending" }]);
    expect(await cli.json("cancel", "--queue", "etl", "-y")).toMatchObject([{ id: "dead2" }, { id: "wait1" }]);
    expect(await cli.json("jobs", "delete", "--state", "cancelled", "-y")).toMatchObject([
      { id: "dead2" },
      { id: "gone" },
      { id: "wait1" },
    ]);
  });

  it.each<[number, string[], RegExp]>([
    [2, ["cancel"], /^queuectl cancel needs ID or --state, --queue, --tag or --where; for example: /],
    [2, ["cancel", "-y"], /^queuectl cancel needs ID or --state/],
    [2, ["jobs", "delete"], /^queuectl jobs delete needs ID or --state/],
    [2, ["retry"], /^queuectl retry needs ID or --state/],
    [2, ["dlq", "retry"], /^queuectl dlq retry needs ID or --all/],
    [2, ["cancel", "wait1", "--queue", "etl", "-y"], /^ids and --state, --queue, --tag or --where cannot be combined/],
    [2, ["dlq", "retry", "dead1", "--tag", "t"], /^ids and --state, .* cannot be combined/],
    [2, ["dlq", "retry", "dead1", "--all"], /^--all and ids cannot be combined/],
    [2, ["cancel", "--queue", "etl"], /^queuectl cancel needs -y without a terminal; queuectl list with the same/],
    [2, ["jobs", "delete", "--state", "dead"], /^queuectl jobs delete needs -y without a terminal/],
    [2, ["dlq", "purge"], /^queuectl dlq purge needs -y without a terminal; queuectl dlq list with the same/],
    [
      2,
      ["dlq", "purge", "--state", "completed", "-y"],
      /^--state is completed; only dead jobs are in the dead-letter queue/,
    ],
    [
      2,
      ["dlq", "purge", "dead1", "-y"],
      /^unexpected argument "dead1"; to delete one job: queuectl jobs delete dead1$/,
    ],
    [2, ["purge"], /^there is no command "purge"; to delete the completed jobs: queuectl prune --state completed; /],
    [3, ["dlq", "purge", "--queue", "none", "-y"], /^no job matches$/],
    [2, ["cancel", "--queue", "", "-y"], /^--queue is empty/],
    [2, ["cancel", "--where", "stat=dead", "-y"], /^--where, column 1: unknown field "stat"; did you mean "state"\?$/],
    [2, ["cancel", "--state", "dead", "-y"], /^--state is dead; only jobs that have not ended can be cancelled$/],
    [
      2,
      ["jobs", "delete", "--state", "processing", "-y"],
      /^--state is processing; a processing job cannot be deleted/,
    ],
    [2, ["retry", "--state", "pending"], /^--state is pending; only dead, cancelled and completed jobs/],
    [2, ["dlq", "retry", "--state", "completed"], /^--state is completed; only dead jobs/],
    [2, ["retry", "dead"], /^the prefix dead fits more than one job: dead1, dead2; give more of the id$/],
    [3, ["cancel", "--queue", "none", "-y"], /^no job matches$/],
    [3, ["jobs", "delete", "--where", "state=processing", "-y"], /^no job matches$/],
    [3, ["retry", "--tag", "u"], /^no job matches$/],
    [3, ["dlq", "retry", "--all", "--queue", "none"], /^no job matches$/],
  ])("exit %d, and nothing is changed: %j", async (code, words, message) => {
    await sevenJobs();
    expect(await cli.fails(code, words)).toMatch(message);
    expect(await states()).toBe(BEFORE);
  });

  it("are told of one by one, those too that have moved on meanwhile: exit 6", async () => {
    await cli.claim("b");
    for (const id of ["a", "c"]) await cli.ok("enqueue", "--id", id, "--command", "x");
    completeMeanwhile();
    const { code, stdout, stderr } = await cli.run(["cancel", "--queue", "default", "-y"]);
    expect({ code, stdout }).toEqual({ code: 6, stdout: "Cancelled job a\nCancelled job c\n" });
    expect(stderr).toMatch(/^queuectl: error: job b is completed and cannot be cancelled; [^\n]+\n$/);
  });

  it("have their place in the JSON list when they have moved on", async () => {
    await cli.claim("b");
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    completeMeanwhile();
    const { code, stdout } = await cli.run(["cancel", "--state", "pending,processing", "-y", "--json"]);
    expect(code).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject([
      { id: "b", error: { code: "conflict" } },
      { id: "a", state: "cancelled" },
    ]);
  });

  it("may be more than fit into a page", async () => {
    const ids = Array.from({ length: 2201 }, (_, i) => `j${i}`);
    await cli.ok("enqueue", "-f", cli.write("jobs", ids.map((id) => `{"id":"${id}","command":"x"}`).join("\n")));
    expect(await cli.ok("cancel", "--where", "id!=j7", "-y")).toBe(
      ids
        .filter((id) => id !== "j7")
        .map((id) => `Cancelled job ${id}\n`)
        .join(""),
    );
    expect(await cli.json("list", "--state", "pending", "--columns", "id")).toEqual([{ id: "j7" }]);
  });

  it.runIf(hasTerminals)("are asked about on a terminal, and only yes is yes", async () => {
    await sevenJobs();
    const command = async (words: string[], answer: string) => {
      const terminal = new Terminal([process.execPath, PROGRAM, ...words], { QUEUECTL_HOME: cli.home });
      await terminal.shows("[y/N]");
      terminal.type(`${answer}\n`);
      return { code: await terminal.ended, text: terminal.written };
    };
    const declined = await command(["cancel", "--state", "pending"], "n");
    expect(declined).toMatchObject({ code: 1, text: expect.stringMatching(/Cancel 2 jobs\?.*Nothing was changed/s) });
    expect(await states()).toBe(BEFORE);
    const accepted = await command(["jobs", "delete", "--queue", "etl", "--state", "dead"], "y");
    expect(accepted).toMatchObject({ code: 0, text: expect.stringMatching(/Delete 2 jobs\?.*Deleted job dead2/s) });
  });
});

/** The attempt of job b, which is processing, ends at the moment when job a is cancelled. */
function completeMeanwhile(): void {
  const database = new Sqlite(join(cli.home, "queuectl.db"));
  database.exec(`
    CREATE TRIGGER break_in AFTER UPDATE OF state ON jobs WHEN new.id = 'a' BEGIN
      UPDATE jobs SET state = 'completed', finished_at = 1, lease_expires_at = NULL, lease_ms = NULL WHERE id = 'b';
    END`);
  database.close();
}

describe("several that are named", () => {
  it("are told of one by one, also if one moves on after they were judged: exit 6", async () => {
    await cli.claim("b");
    for (const id of ["a", "c"]) await cli.ok("enqueue", "--id", id, "--command", "x");
    completeMeanwhile();
    const { code, stdout } = await cli.run(["cancel", "a", "b", "c", "--json"]);
    expect(code).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject([
      { id: "a", state: "cancelled" },
      { id: "b", error: { code: "conflict", message: "job b is completed and cannot be cancelled" } },
      { id: "c", state: "cancelled" },
    ]);
  });
});

describe("a job that was looked up before", () => {
  it("is not taken for another one, whose id begins so, when it is gone", async () => {
    await cli.ok("enqueue", "--id", "b2", "--command", "x");
    await cli.inside(async (client) => {
      for (const act of ["delete", "cancel", "retry"] as const) {
        await expect(client.jobs[act]({ id: "b" }), act).rejects.toThrow('no job has the id "b"');
      }
    });
    expect(await states()).toBe("b2:pending");
  });
});

describe("last", () => {
  it("is the job that was enqueued most recently, wherever an id is taken", async () => {
    await cli.ok("enqueue", "--id", "older", "--command", "x", "--delay", "1h");
    await cli.ended("newest", { kind: "failed", exitCode: 1 }, { stdout: "hello\n" });
    expect(await cli.json("show", "last")).toMatchObject({ id: "newest" });
    expect(await cli.ok("logs", "last")).toBe("hello\n");
    expect(await cli.ok("dlq", "retry", "last")).toBe("Moved job newest back to the queue\n");
    expect(await cli.ok("cancel", "last", "older")).toBe("Cancelled job newest\nCancelled job older\n");
    expect(await cli.ok("retry", "last")).toBe("Moved job newest back to the queue\n");
    expect(await cli.ok("jobs", "delete", "last")).toBe("Deleted job newest\n");
    expect(await cli.json("show", "last")).toMatchObject({ id: "older" });
  });

  it("is the newest, before a prefix, and no job's id", async () => {
    expect(await cli.fails(3, ["show", "last"])).toMatch(/^no job has the id "last"/);
    await cli.ok("enqueue", "--id", "lasting", "--command", "x");
    await cli.ok("enqueue", "--id", "b", "--command", "x");
    expect(await cli.json("show", "last")).toMatchObject({ id: "b" });
    expect(await cli.json("show", "las")).toMatchObject({ id: "lasting" });
    expect(await cli.fails(2, ["enqueue", "--id", "last", "--command", "x"])).toBe(
      'the id "last" cannot name a job: it stands for the newest job; choose another id',
    );
  });

  it("is no job of a hook or a schedule, however many there are", async () => {
    await cli.ok("schedule", "add", "nightly", "--cron", "@daily", "--command", "x");
    await cli.ok("schedule", "run", "nightly");
    expect(await cli.fails(3, ["show", "last"])).toMatch(/^no job has the id "last"/);
    await cli.ok("cancel", "--state", "pending", "-y");
    await cli.ok("queue", "set", "default", "--on-dead", "echo dead");
    await cli.ended("other", { kind: "failed", exitCode: 1 });
    for (let i = 0; i < 51; i++) await cli.ok("schedule", "run", "nightly");
    expect(await cli.json("show", "last")).toMatchObject({ id: "other" });
  });
});
