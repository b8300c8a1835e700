import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import type { JobJson } from "../support/shown-job.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

/** Four jobs: a (pending), b (dead, queue gpu, tag slow), c (completed), d (scheduled, priority 5). */
async function fourJobs(): Promise<void> {
  await cli.ended("c", { kind: "succeeded" });
  await cli
    .claim("b", { maxRetries: 1, queue: "gpu" })
    .then((fence) => cli.settle("b", fence, { kind: "failed", exitCode: 2 }));
  await cli.ok("enqueue", "--id", "a", "--command", "echo a", "--tag", "slow", "--tag", "big");
  await cli.ok("enqueue", "--id", "d", "--command", "line\nend", "--priority", "5", "--delay", "1h", "--tag", "slow");
}

const KEYS =
  "id command state queue priority attempts max_retries exit_code signal last_error worker_id run_at created_at " +
  "updated_at started_at finished_at timeout cwd env tags";

describe("list", () => {
  it("says when there is nothing", async () => {
    await cli.makeQueue();
    expect(await cli.ok("list")).toBe("No jobs\n");
    expect(await cli.json("list")).toEqual([]);
    expect(await cli.ok("list", "--format", "ndjson")).toBe("");
  });

  it("shows a table, newest last, with the columns that are in use", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "echo a");
    const plain = (await cli.ok("list")).split("\n");
    expect(plain[0]?.split(/ {2,}/)).toEqual(["ID", "STATE", "ATTEMPTS", "CREATED", "COMMAND"]);
  });

  it("has more columns when jobs give them something to say, and keeps each job on one line", async () => {
    await fourJobs();
    const lines = (await cli.ok("list")).trimEnd().split("\n");
    expect(lines[0]?.split(/ {2,}/)).toEqual(
      "ID,STATE,QUEUE,PRIORITY,ATTEMPTS,NEXT RUN,CREATED,DURATION,TAGS,LAST ERROR,COMMAND".split(","),
    );
    expect(lines.slice(1).map((line) => line.split(" ")[0])).toEqual(["c", "b", "a", "d"]);
    expect(lines[2]).toContain("exited with code 2");
    expect(lines[4]).toMatch(/line\\nend$/);
    expect(lines.join("")).not.toContain("\x1b");
  });

  it("gives jobs as JSON with the contract's keys", async () => {
    await fourJobs();
    const jobs = await cli.json<JobJson[]>("list");
    for (const job of jobs) for (const key of KEYS.split(" ")) expect(job).toHaveProperty(key);
    expect(jobs[0]).toMatchObject({ id: "c", state: "completed", exit_code: 0, worker_id: "w1", attempts: 1 });
    expect(jobs[1]).toMatchObject({
      id: "b",
      state: "dead",
      exit_code: 2,
      last_error: "exited with code 2",
      signal: null,
    });
    expect(jobs[0]?.finished_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it.each([
    [["--state", "dead"], "b"],
    [["--state", "dead", "--state", "completed"], "c b"],
    [["--state", "PENDING,dead"], "b a d"],
    [["--state=blocked"], ""],
    [["--queue", "gpu"], "b"],
    [["--queue", "nope"], ""],
    [["--tag", "slow"], "a d"],
    [["--tag", "slow", "--tag", "big"], "a"],
    [["--limit", "2"], "a d"],
    [["--limit", "1", "--state", "dead,completed"], "b"],
    [["--sort", "created", "--limit", "2"], "c b"],
    [["--sort", "created", "--reverse", "--limit", "2"], "d a"],
    [["--limit", "0"], "c b a d"],
    [["--reverse"], "d a b c"],
    [["--reverse", "--limit", "1"], "d"],
    [["--where", "state=dead"], "b"],
    [["--where", "state=dead or priority>0"], "b d"],
    [["--where=not tag=slow and age<1h"], "c b"],
    [["--where", "tag=slow", "--state", "pending", "--tag", "big", "--queue", "default"], "a"],
    [["--where", "run_at>2020-01-01T00:00:00Z", "--sort", "priority", "--limit", "1"], "d"],
    [["--where", "max_retries=3", "--reverse"], "d a"],
    [["--where", "command='run b'"], "b"],
    [["--where", "age>1h"], ""],
    [["--sort", "created"], "c b a d"],
    [["--sort", "created_at", "--limit", "2"], "c b"],
    [["--sort", "priority", "--limit=1"], "d"],
    [["--sort", "run-at", "--reverse", "--limit=1"], "d"],
  ])("chooses and sorts: %j", async (flags, expected) => {
    await fourJobs();
    const jobs = await cli.json<JobJson[]>("list", ...flags);
    expect(jobs.map(({ id }) => id).join(" ")).toBe(expected);
  });

  it("as a table has the newest 50, newest last, and says so on stderr; as data it has all", async () => {
    const ids = Array.from({ length: 52 }, (_, i) => `j${i}`);
    await cli.ok("enqueue", "-f", cli.write("jobs", ids.map((id) => `{"id":"${id}","command":"x"}`).join("\n")));
    const table = async (...flags: string[]) => {
      const { stdout, stderr } = await cli.run(["list", "--columns", "id", ...flags]);
      return { rows: stdout.trimEnd().split("\n").slice(1), stderr };
    };
    const remark = "Only the newest 50 are shown; --limit 0 shows all\n";
    expect(await table()).toEqual({ rows: ids.slice(2), stderr: remark });
    expect(await table("--reverse")).toEqual({ rows: ids.slice(2).reverse(), stderr: remark });
    expect(await table("--sort", "created")).toEqual({
      rows: ids.slice(0, 50),
      stderr: "Only the first 50 are shown; --limit 0 shows all\n",
    });
    expect(await table("--limit", "52")).toEqual({ rows: ids, stderr: "" });
    expect(await table("--limit", "0")).toEqual({ rows: ids, stderr: "" });
    expect((await cli.json<JobJson[]>("list")).map(({ id }) => id)).toEqual(ids);
    for (const format of ["ndjson", "csv"])
      expect((await cli.ok("list", "--format", format, "--columns", "id")).match(/j\d+/g)).toEqual(ids);
  });

  it("prints the columns asked for, in every format", async () => {
    await fourJobs();
    expect(await cli.ok("list", "--columns", "state,id", "--state", "dead")).toBe("STATE  ID\ndead   b\n");
    expect(await cli.ok("list", "--columns", "id,tags,command", "--format", "csv", "--tag", "slow")).toBe(
      'id,tags,command\na,"slow,big",echo a\nd,slow,"line\nend"\n',
    );
    expect(await cli.ok("list", "--columns", "id,exit-code", "--format", "ndjson", "--state", "completed,dead")).toBe(
      '{"id":"c","exit_code":0}\n{"id":"b","exit_code":2}\n',
    );
    expect(await cli.json("list", "--columns", "id", "--limit", "1")).toEqual([{ id: "d" }]);
  });

  it.each<[string[], RegExp]>([
    [["--state", "pendin"], /^--state cannot be "pendin"; did you mean pending\?$/],
    [["--state", "bogus"], /^--state cannot be "bogus"; known: blocked, pending, /],
    [["--limit", "-1"], /^--limit is "-1"; give a whole number of at least 0$/],
    [["--limit", "1.5"], /^--limit is "1.5"/],
    [["--limit", "many"], /^--limit is "many"/],
    [["--sort", "size"], /^--sort cannot be "size"/],
    [["--columns", "id,stat"], /^there is no column "stat"; did you mean state\?$/],
    [["--format", "xml"], /^--format cannot be "xml"/],
    [["--where", ""], /^--where is empty; for example: /],
    [["--where", "state=dead and quee=a"], /^--where, column 16: unknown field "quee"; did you mean "queue"\?$/],
    [["--where", "id='); DROP TABLE jobs; --"], /^--where, column 4: the quote ' is not closed$/],
    [["--queue", ""], /^--queue is empty/],
    [["--tag="], /^--tag is empty/],
    [["extra"], /^unexpected argument "extra"; to see one job: queuectl show extra$/],
  ])("refuses %j", async (flags, message) => {
    expect(await cli.fails(2, ["list", ...flags])).toMatch(message);
  });

  it("takes the number of attempts of a where from the configuration, for jobs that leave it open", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    await cli.ok("enqueue", "--id", "b", "--command", "x", "--max-retries", "3");
    await cli.ok("config", "set", "max-retries", "5");
    expect(await cli.json("list", "--where", "max_retries=5", "--columns", "id")).toEqual([{ id: "a" }]);
  });

  it("writes csv that a spreadsheet reads back, whatever a job holds", async () => {
    const command = `printf '%s' "a,b"\r\n\n;=1`;
    await cli.ok("enqueue", JSON.stringify({ id: "a", command, env: { A: 'x "y", z' }, tags: ["t", "u"] }));
    const text = await cli.ok("list", "--format", "csv", "--columns", "id,command,env,tags,signal,priority");
    expect(readCsv(text)).toEqual([
      ["id", "command", "env", "tags", "signal", "priority"],
      ["a", command, '{"A":"x \\"y\\", z"}', "t,u", "", "0"],
    ]);
    const [titles, row] = readCsv(await cli.ok("list", "--format", "csv"));
    expect(row?.length).toBe(titles?.length);
  });

  it("gives all of a list that is longer than a page, once and in order, in every format", async () => {
    const ids = Array.from({ length: 1201 }, (_, i) => `j${i}`);
    await cli.ok("enqueue", "-f", cli.write("jobs", ids.map((id) => `{"id":"${id}","command":"x"}`).join("\n")));
    const all = ["list", "--limit", "0", "--columns", "id"];
    expect((await cli.json<JobJson[]>(...all)).map(({ id }) => id)).toEqual(ids);
    expect(await cli.ok(...all, "--format", "csv")).toBe(`id\n${ids.join("\n")}\n`);
    expect(await cli.ok(...all, "--format", "ndjson")).toBe(ids.map((id) => `{"id":"${id}"}\n`).join(""));
    const newest = await cli.json<JobJson[]>("list", "--limit", "700", "--reverse", "--columns", "id");
    expect(newest.map(({ id }) => id)).toEqual(ids.reverse().slice(0, 700));
  });

  it("ends quietly when nobody reads on", async () => {
    const jobs = Array.from({ length: 3000 }, (_, i) => `{"id":"j${i}","command":"${"x".repeat(100)}"}`).join("\n");
    await cli.ok("enqueue", "-f", cli.write("jobs", jobs));
    const { stdout, stderr } = await cli.shell("$QUEUECTL list --limit 0 --json | head -c 1");
    expect({ stdout, stderr }).toEqual({ stdout: "[", stderr: "" });
  });
});

/** As RFC 4180 says, by hand: fields in quotes may hold anything, with quotes doubled. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = "", end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === "\n") rows.push([]);
  }
  return rows.slice(0, -1);
}
