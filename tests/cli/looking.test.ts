import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { outputPaths } from "../../src/attempt/paths.js";
import { ownIdentity } from "../../src/system/process/identity.js";
import { Cli } from "../support/cli.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

/** As a running job leaves it: output in files. */
function writing(fence: number, texts: { stdout?: string | Buffer; stderr?: string }): Promise<void> {
  return cli.inside(async ({ home }) => {
    for (const name of ["stdout", "stderr"] as const) writeFileSync(outputPaths(home, fence)[name], texts[name] ?? "");
  });
}

describe("status", () => {
  it("of an empty queue says what to do first; bare queuectl is the same", async () => {
    await cli.makeQueue();
    const text = await cli.ok("status");
    expect(text).toMatch(/^ {2}pending: +0$/m);
    expect(text).toMatch(/^Active workers: 0$/m);
    expect(text).toMatch(/^Supervisor: +not running$/m);
    expect(text).toContain("To enqueue a first job: queuectl enqueue");
    expect(await cli.ok()).toBe(text);
    expect(await cli.json()).toEqual(await cli.json("status"));
  });

  it("counts jobs by state, names the oldest, and suggests workers", async () => {
    await cli.ended("good", { kind: "succeeded" });
    await cli.ended("bad", { kind: "failed", exitCode: 1 });
    await cli.ok("enqueue", "--id", "old", "--command", "echo\told");
    const text = await cli.ok("status");
    const counts = { pending: 1, processing: 0, completed: 1, failed: 0, dead: 1, cancelled: 0, blocked: 0 };
    expect(text).toMatch(/^Jobs: +3$/m);
    for (const [state, count] of Object.entries(counts)) expect(text).toMatch(RegExp(`^  ${state}: +${count}$`, "m"));
    expect(text).toMatch(/old has been due for .*: echo\\told/);
    expect(text).toContain("To start workers: queuectl worker start --detach");
    expect(text).toContain("To look at dead jobs: queuectl dlq list");
  });

  it("in JSON has the contract's shape", async () => {
    await cli.ended("good", { kind: "succeeded" });
    await cli.ok("enqueue", "--id", "old", "--command", "true");
    await cli.ok("config", "set", "job-timeout", "5s");
    expect(await cli.json("status")).toEqual({
      home: cli.home,
      database: `${cli.home}/queuectl.db`,
      exists: true,
      jobs: { pending: 1, processing: 0, completed: 1, failed: 0, dead: 0, cancelled: 0, blocked: 0, total: 2 },
      dead_letters: 0,
      supervisor: { running: false, pid: null, uptime_ms: null, state: "stopped" },
      pools: [],
      workers: [],
      other_programs: [],
      config: { job_timeout: 5 },
      oldest_waiting: {
        id: "old",
        command: "true",
        run_at: expect.stringMatching(/Z$/),
        waiting_ms: expect.any(Number),
      },
      paused_queues: [],
      schedules: { total: 0, paused: 0, next: null },
      limited_queues: [],
    });
  });

  it("names the home, and a database that is elsewhere", async () => {
    await cli.makeQueue();
    expect(await cli.ok("status")).toContain(`\nHome:           ${cli.home}\n`);
    expect(await cli.ok("status")).not.toContain("Database:");
    const elsewhere = cli.file("other.db");
    await cli.ok("enqueue", "--command", "true", "--db", elsewhere);
    expect(await cli.ok("status", "--db", elsewhere)).toContain(`\nDatabase:       ${elsewhere}\n`);
    expect(await cli.json("status", "--db", elsewhere)).toMatchObject({ home: cli.home, database: elsewhere });
  });

  it("counts the workers that live, in a line that is always there", async () => {
    await cli.inside(async ({ home }, store) => {
      const common = { ...ownIdentity(), kind: "worker", home: home.dir, supervisorId: "s", state: "running" } as const;
      const worker = { ...common, pool: "main", restarts: 0, queues: null, slots: 1, program: null };
      await store.processes.register({ ...worker, id: "w1" });
      await store.processes.register({ ...worker, id: "w2", startTime: "1" });
    });
    expect(await cli.ok("status")).toMatch(/^Active workers: 1$/m);
    const { pid } = ownIdentity();
    expect(await cli.ok("status")).toMatch(
      new RegExp(
        `^Other program:  worker ${pid} of pool main runs an older version; this is version [0-9.]+ \\(build`,
        "m",
      ),
    );
  });

  it("shows configuration that differs, with where it comes from", async () => {
    await cli.ok("config", "set", "max-retries", "5");
    const { stdout } = await cli.run(["status"], { env: { QUEUECTL_JOB_TIMEOUT: "10m" } });
    expect(stdout).toContain("max-retries=5 (stored), job-timeout=600 (environment)");
  });
});

describe("show", () => {
  it("tells everything about a job that has not run", async () => {
    await cli.ok("enqueue", "--id", "job1", "--command", "echo hi", "--env", "A=b c", "--tag", "t");
    const text = await cli.ok("show", "job1");
    for (const part of [/^Job +job1$/m, /^Command +echo hi$/m, /^Attempts +0 of 3$/m, /A='b c'/, /^Tags +t$/m])
      expect(text).toMatch(part);
    expect(await cli.json("show", "job1")).toMatchObject({ history: [], stdout: "", stderr: "" });
  });

  it("says under which conditions it runs", async () => {
    const flags = ["--unique", "u k", "--limit-key", "disk", "--limit", "2", "--deadline", "2h"];
    await cli.ok("enqueue", "--id", "j", ...flags, "--", "true");
    const text = await cli.ok("show", "j");
    expect(text).toMatch(/^Unique +u k$/m);
    expect(text).toMatch(/^Limit +2 at a time with the key disk$/m);
    expect(text).toMatch(/^Deadline +\d{4}-.* \(in (2h|1h 59m).*\)$/m);
  });

  it("has the attempts, oldest first, and the output of the newest", async () => {
    await cli.settle("job1", await cli.claim("job1"), { kind: "failed", exitCode: 3 }, { stdout: "first\n" });
    await cli.inside((_, store) => store.jobs.expedite("job1"));
    await cli.settle(
      "job1",
      await cli.claim("job1"),
      { kind: "killed", signal: "SIGKILL" },
      { stdout: "out\n", stderr: "err\n" },
    );

    const { history, ...job } = await cli.json<{ history: object[]; stdout: string }>("show", "job1");
    expect(job).toMatchObject({ state: "failed", attempts: 2, stdout: "out\n", stderr: "err\n", signal: "SIGKILL" });
    const common = { worker_id: "w1", pid: 4711, duration_ms: expect.any(Number), started_at: expect.any(String) };
    expect(history).toMatchObject([
      {
        ...common,
        attempt: 1,
        outcome: "failed",
        exit_code: 3,
        signal: null,
        stdout_bytes: 6,
        error: "exited with code 3",
      },
      { ...common, attempt: 2, outcome: "killed", exit_code: 137, signal: "SIGKILL", stdout_bytes: 4, stderr_bytes: 4 },
    ]);

    const text = await cli.ok("show", "job1");
    expect(text).toMatch(/^1 +failed +3 .*exited with code 3$/m);
    expect(text).toMatch(/--- stdout of the newest attempt ---\nout\n\n--- stderr of the newest attempt ---\nerr\n$/);
  });

  it("shows what a running job has written so far", async () => {
    const fence = await cli.claim("job1");
    await writing(fence, { stdout: "so far\n" });
    expect(await cli.json("show", "job1")).toMatchObject({ state: "processing", stdout: "so far\n", stderr: "" });
  });

  it("keeps at least the last 2,000 characters", async () => {
    const fence = await cli.claim("job1");
    await writing(fence, { stdout: `${"ä".repeat(40_000)}end\n` });
    const { stdout } = await cli.json<{ stdout: string }>("show", "job1");
    expect(stdout).toMatch(/^ä{2000,}end\n$/);
  });

  it("finds a job by a prefix that fits only one", async () => {
    await cli.ok("enqueue", "--id", "alpha-1", "--command", "x");
    await cli.ok("enqueue", "--id", "alpha-2", "--command", "x");
    await cli.ok("enqueue", "--id", "beta", "--command", "x");
    expect((await cli.json("show", "be")).id).toBe("beta");
    expect(await cli.fails(2, ["show", "alpha"])).toMatch(/^the prefix alpha fits more than one job: alpha-1, alpha-2/);
    expect(await cli.fails(3, ["show", "gamma"])).toMatch(/^no job has the id "gamma", or one that begins so; /);
    expect(await cli.fails(3, ["show", ""])).toMatch(/^no job has the id ""/);
    expect(await cli.fails(3, ["show", "%"])).toMatch(/^no job has the id "%"/);
    const { code, stdout } = await cli.run(["show", "gamma", "--json"]);
    expect(code).toBe(3);
    expect(JSON.parse(stdout).error.code).toBe("not_found");
  });
});

describe("logs", () => {
  it("says when the job has not run", async () => {
    await cli.ok("enqueue", "--id", "job1", "--command", "x");
    expect(await cli.run(["logs", "job1"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "Job job1 is pending and has not run yet\n",
    });
    expect(await cli.json("logs", "job1")).toEqual({ id: "job1", attempt: null, stdout: "", stderr: "" });
    expect(await cli.fails(3, ["logs", "job1", "--attempt", "1"])).toMatch(
      /^job job1 has no attempt 1; it has not run/,
    );
  });

  it.each([
    [[], "--- stdout ---\na\nb\n--- stderr ---\nc\nd\n"],
    [["--raw"], "a\nb\nc\nd"],
    [["--stdout"], "a\nb\n"],
    [["--stderr"], "c\nd"],
    [["-n", "1"], "--- stdout ---\nb\n--- stderr ---\nd\n"],
    [["--lines=1", "--stdout"], "b\n"],
    [["-n0", "--raw"], ""],
    [["-n", "5", "--stdout"], "a\nb\n"],
  ])("prints both streams, or what is asked for: %j", async (flags, expected) => {
    await cli.ended("job1", { kind: "failed", exitCode: 1 }, { stdout: "a\nb\n", stderr: "c\nd" });
    expect(await cli.ok("logs", "job1", ...flags)).toBe(expected);
  });

  it("prints an earlier attempt", async () => {
    await cli.settle("job1", await cli.claim("job1"), { kind: "failed", exitCode: 3 }, { stdout: "first\n" });
    await cli.inside((_, store) => store.jobs.expedite("job1"));
    await cli.settle("job1", await cli.claim("job1"), { kind: "succeeded" }, { stdout: "second\n" });
    expect(await cli.ok("logs", "job1", "--attempt", "1")).toBe("first\n");
    expect(await cli.ok("logs", "job1")).toBe("second\n");
    expect(await cli.json("logs", "job1")).toEqual({ id: "job1", attempt: 2, stdout: "second\n", stderr: "" });
    expect(await cli.fails(3, ["logs", "job1", "--attempt=3"])).toMatch(/has no attempt 3; its attempts are 1, 2$/);
  });

  it("prints the bytes as they are", async () => {
    await cli.ended("job1", { kind: "succeeded" }, { stdout: "\x1b[31mred\x00\r\n" });
    expect(await cli.ok("logs", "job1", "--raw")).toBe("\x1b[31mred\x00\r\n");
  });

  it("-f ends with the job: 0 if it completed, 4 if not", async () => {
    await cli.ended("good", { kind: "succeeded" }, { stdout: "fine\n" });
    expect(await cli.ok("logs", "-f", "good")).toBe("fine\n");
    await cli.ended("bad", { kind: "failed", exitCode: 1 }, { stderr: "oops\n" });
    expect(await cli.run(["logs", "-f", "bad"])).toEqual({
      code: 4,
      stdout: "oops\n",
      stderr: "Job bad is dead: exited with code 1\n",
    });
  });

  it("-f --json does not break a character that comes in two pieces", async () => {
    const fence = await cli.claim("job1");
    const text = Buffer.from("so ä\n");
    await writing(fence, { stdout: text.subarray(0, 4) });
    const followed = cli.start(["logs", "-f", "--json", "job1"]);
    await followed.says("stdout", "so ");
    await cli.settle("job1", fence, { kind: "succeeded" }, { stdout: text.toString() });
    const { stdout } = await followed.ended;
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { attempt: 1, stream: "stdout", text: "so " },
      { attempt: 1, stream: "stdout", text: "ä\n" },
      { event: "end", id: "job1", state: "completed", exit_code: 0, signal: null },
    ]);
  });

  it("-f waits for a pending job, follows it over its attempts and from its file into its row, losing nothing", async () => {
    await cli.ok("enqueue", "--id", "job1", "--command", "x");
    const followed = cli.start(["logs", "-f", "job1"]);
    await followed.says("stderr", "waiting for it to start");
    await followed.says("stderr", "no worker is running: start one with queuectl worker start --detach\n");

    const first = await cli.claim("job1");
    await writing(first, { stdout: "one\n" });
    await followed.says("stdout", "one\n");
    await writing(first, { stdout: "one\ntwo\n" });
    await followed.says("stdout", "two\n");
    await cli.settle("job1", first, { kind: "failed", exitCode: 1 }, { stdout: "one\ntwo\nthree\n" });
    await followed.says("stdout", "three\n");

    await cli.inside((_, store) => store.jobs.expedite("job1"));
    const second = await cli.claim("job1");
    await cli.settle("job1", second, { kind: "succeeded" }, { stdout: "again\n" });
    expect(await followed.ended).toMatchObject({ code: 0, stdout: "one\ntwo\nthree\nagain\n" });
  });

  it.each<[string[], RegExp]>([
    [["--stdout", "--stderr"], /^--stdout and --stderr cannot be combined/],
    [["--attempt", "0"], /^--attempt is "0"/],
    [["-n", "1.5"], /^-n is "1.5"/],
  ])("refuses %j", async (flags, message) => {
    await cli.ok("enqueue", "--id", "job1", "--command", "x");
    expect(await cli.fails(2, ["logs", "job1", ...flags])).toMatch(message);
  });
});
