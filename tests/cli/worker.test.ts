import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import type { JobJson } from "../support/shown-job.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli();
});
afterEach(async () => {
  await cli.run(["worker", "stop", "--force"]);
  await cli.dispose();
});

describe("worker start", () => {
  it.each<[string[], RegExp]>([
    [["--count", "0"], /^--count is "0"; give a whole number from 1 to 512$/],
    [["--count", "-1"], /^--count is "-1"/],
    [["--count", "1.5"], /^--count is "1.5"/],
    [["--count", "many"], /^--count is "many"/],
    [["--count=1000"], /^--count is "1000"/],
    [["--count", ""], /^--count is ""/],
    [["--concurrency", "0"], /^--concurrency is "0"/],
    [["--queue", "a b"], /^the queue name "a b" is not valid/],
    [["--grace", "soon"], /^--grace is "soon", which is not a duration/],
    [["--poll", "1ms"], /^--poll is "1ms"; the shortest is 10ms$/],
    [["--once", "--drain"], /^--once and --drain cannot be combined/],
    [["--once", "--detach"], /^--once and --detach cannot be combined/],
    [["--once", "--count", "2"], /^--once runs one job/],
    [["--cuont", "3"], /^queuectl worker start has no flag --cuont; did you mean --count\?$/],
    [["3"], /^unexpected argument "3"/],
  ])("refuses %j, and starts nothing", async (flags, message) => {
    expect(await cli.fails(2, ["worker", "start", ...flags])).toMatch(message);
    expect(existsSync(join(cli.home, "supervisor.pid"))).toBe(false);
  });

  it("--once runs one job, or says that none is due", async () => {
    expect(await cli.ok("worker", "start", "--once")).toBe("No job is due\n");
    await cli.ok("enqueue", "--id", "a", "--command", "true");
    await cli.ok("enqueue", "--id", "b", "--command", "true");
    expect(await cli.run(["worker", "start", "--once"])).toMatchObject({ code: 0, stdout: "" });
    const once = async () => JSON.parse((await cli.run(["worker", "start", "--once", "--json"])).stdout);
    await cli.ok("enqueue", "--id", "c", "--command", "true", "--priority", "1");
    expect(await once()).toEqual({ ran: 1 });
    await cli.ok("jobs", "delete", "c");
    expect((await cli.json<JobJson[]>("list")).map(({ state }) => state)).toEqual(["completed", "pending"]);
  });

  it("without flags takes worker-count and concurrency of the configuration", async () => {
    expect(await cli.run(["config", "set", "worker-count", "2"])).toMatchObject({
      stdout: "worker-count=2\n",
      stderr: "It holds for pools that start from now on\n",
    });
    await cli.run(["config", "set", "concurrency", "2"]);
    // Each waits until all four run.
    for (const id of ["a", "b", "c", "d"])
      await cli.ok(
        "enqueue",
        "--id",
        id,
        "--command",
        `touch ${id}; until [ -e a -a -e b -a -e c -a -e d ]; do sleep 0.05; done`,
      );
    const all = await cli.run(["worker", "start", "--drain"]);
    expect(all).toMatchObject({ code: 0, stdout: expect.stringMatching(/ started 2 worker\(s\)/) });
    const env = { QUEUECTL_WORKER_COUNT: "3" };
    expect((await cli.run(["worker", "start", "--drain"], { env })).stdout).toMatch(/ started 3 worker/);
    expect((await cli.run(["worker", "start", "--drain", "--count", "1"], { env })).stdout).toMatch(
      / started 1 worker/,
    );
    expect(await cli.ok("worker", "start", "--once")).toBe("No job is due\n");
  });

  it("is called otherwise elsewhere", async () => {
    expect(await cli.ok("worker", "start", "-c", "2", "--daemon")).toMatch(
      /^Supervisor \d+ started 2 worker\(s\): \d+, \d+\n/,
    );
    expect(await cli.ok("status")).toMatch(/^Active workers: 2$/m);
    expect(await cli.ok("stop-workers", "--all")).toMatch(/^Stopped 2 worker\(s\)$/m);
    expect(await cli.run(["worker", "start", "--foreground", "--burst"])).toMatchObject({ code: 0 });
  });

  it("logs text for a reader in the foreground, on a pipe without colours, and JSON with --log json", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "true");
    const { stderr: text } = await cli.run(["worker", "start", "--drain"]);
    expect(text).toMatch(/^(\[\d\d:\d\d:\d\d\] [A-Z]+: [^\n\r]+\n)+$/);
    expect(text).not.toContain("\x1b");
    expect(text).toMatch(/^\[.*\] INFO: job a started: true$/m);
    await cli.ok("enqueue", "--id", "b", "--command", "true");
    const { stderr } = await cli.run(["worker", "start", "--drain", "--log", "json"]);
    const lines = stderr.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).msg)).toContainEqual(expect.stringMatching(/^job b completed in /));
    expect(await cli.fails(2, ["worker", "start", "--log", "xml"])).toBe('--log cannot be "xml"; known: text, json');
  });

  it("names the levels when QUEUECTL_LOG_LEVEL is none of them, and starts nothing", async () => {
    for (const flags of [[], ["--detach"]]) {
      const env = { QUEUECTL_LOG_LEVEL: "verbose" };
      expect(await cli.fails(78, ["worker", "start", ...flags], { env })).toMatch(
        /^QUEUECTL_LOG_LEVEL is "verbose", which is not a log level; give one of .*debug, info, warn, error/,
      );
    }
    expect(existsSync(join(cli.home, "supervisor.pid"))).toBe(false);
    const quiet = await cli.run(["worker", "start", "--drain"], { env: { QUEUECTL_LOG_LEVEL: "silent" } });
    expect(quiet).toMatchObject({ code: 0, stderr: "" });
  });

  it("--drain runs what is due, retries and all, and leaves what is scheduled for later", async () => {
    await cli.ok("enqueue", '{"id":"a","command":"true"}');
    await cli.ok("enqueue", '{"id":"b","command":"exit 3","max_retries":2,"backoff_base":0}');
    await cli.ok("enqueue", '{"id":"c","command":"true","delay":"1h"}');
    const { code, stdout } = await cli.run(["worker", "start", "--drain", "--count", "2"]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Supervisor \d+ started 2 worker\(s\): \d+, \d+\n$/),
    });
    const jobs = await cli.json<JobJson[]>("list");
    expect(jobs.map(({ state, attempts }) => [state, attempts])).toEqual([
      ["completed", 1],
      ["dead", 2],
      ["pending", 0],
    ]);
  });

  it("--detach returns when it is ready; a second is refused; list, status and stop know it", async () => {
    const started = await cli.ok("worker", "start", "--count", "2", "--detach", "--grace=20s");
    const [, pid, workers] =
      /^Supervisor (\d+) started 2 worker\(s\): (\d+, \d+)\nLog: .*\nTo stop: .*\n$/.exec(started) ?? [];
    expect(pid).toBeDefined();

    const { code, stdout } = await cli.run(["worker", "start", "--detach", "--json"]);
    expect(code).toBe(6);
    expect(JSON.parse(stdout).error).toMatchObject({ code: "conflict", message: expect.stringContaining(`${pid}`) });

    const list = await cli.json<JobJson[]>("worker", "list");
    expect(list.map((worker) => worker.pid).join(", ")).toBe(workers);
    for (const worker of list)
      expect(worker).toEqual({
        id: expect.any(String),
        pool: "main",
        host: expect.any(String),
        pid: expect.any(Number),
        state: "idle",
        jobs: [],
        slots: 1,
        queues: null,
        progress: [],
        heartbeat_age_ms: expect.any(Number),
        restarts: 0,
        uptime_ms: expect.any(Number),
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        build: expect.stringMatching(/^[0-9a-f]{16}$/),
      });
    expect((await cli.ok("worker", "list")).split("\n")[0]?.split(/ {2,}/)).toEqual([
      "WORKER",
      "POOL",
      "PID",
      "STATE",
      "HEARTBEAT",
      "UPTIME",
    ]);
    const status = await cli.json<{ supervisor: object; workers: object[] }>("status");
    expect(status.supervisor).toMatchObject({ running: true, pid: Number(pid), state: "running" });
    expect(status.workers.length).toBe(2);
    expect(await cli.ok("worker", "logs")).toContain("ready");

    expect(await cli.ok("worker", "stop")).toBe("Stopped 2 worker(s)\n");
    expect(existsSync(join(cli.home, "supervisor.pid"))).toBe(false);
    expect(await cli.json("worker", "list")).toEqual([]);
  });

  it("--json tells pids and the log's path", async () => {
    const started = await cli.json("worker", "start", "--detach");
    expect(started).toEqual({
      supervisor: { pid: expect.any(Number) },
      pool: "main",
      others: [],
      workers: [expect.any(Number)],
      log: join(cli.home, "logs", "supervisor.log"),
    });
    expect(await cli.json("worker", "stop")).toEqual({ workers: 1, interrupted: [] });
  });
});

describe("worker stop", () => {
  it("is 5 when none runs", async () => {
    expect(await cli.fails(5, ["worker", "stop"])).toMatch(/^no supervisor is running for .*; start one with: /);
    const { code, stdout } = await cli.run(["worker", "stop", "--json"]);
    expect(code).toBe(5);
    expect(JSON.parse(stdout).error.code).toBe("not_running");
    expect(await cli.fails(2, ["worker", "stop", "--timeout", "soon"])).toMatch(/^--timeout is "soon"/);
  });

  it("--force gives running jobs back to the queue", async () => {
    await cli.ok("enqueue", "--id", "long", "--command", "echo started; sleep 600");
    await cli.ok("worker", "start", "--detach");
    const followed = cli.start(["logs", "-f", "long"]);
    await followed.says("stdout", "started");
    followed.child.kill("SIGINT");
    expect((await followed.ended).code).toBe(130);
    expect(await cli.run(["worker", "stop", "--force"])).toMatchObject({ code: 0, stdout: "Stopped 1 worker(s)\n" });
    expect(await cli.json("show", "long")).toMatchObject({ state: "pending", attempts: 0 });
  });
});

describe("cancel", () => {
  it("kills a running job from any shell", async () => {
    await cli.ok("enqueue", "--id", "long", "--command", "echo started; sleep 600");
    await cli.ok("worker", "start", "--detach");
    const followed = cli.start(["logs", "-f", "long"]);
    await followed.says("stdout", "started");
    expect(await cli.ok("cancel", "long", "--reason", "enough")).toBe("Cancelled job long\n");
    expect(await followed.ended).toMatchObject({ code: 4 });
    expect(await cli.json("show", "long")).toMatchObject({ state: "cancelled", last_error: "cancelled: enough" });
  });
});

describe("without a supervisor", () => {
  it("worker list and worker logs say so", async () => {
    await cli.makeQueue();
    expect(await cli.ok("worker", "list")).toBe("No workers; start them with: queuectl worker start --detach\n");
    expect(await cli.run(["worker", "logs"])).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringMatching(/^There is no log yet/),
    });
  });
});
