/** A command's whole life under supervised workers, through the built command line. */
import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { identityOf } from "../../src/system/process/identity.js";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox();
});
afterEach(() => box.dispose());

describe("a job", () => {
  it("runs where it was enqueued, knows who it is, and leaves its output and exit code", async () => {
    await box.ok(
      "enqueue",
      "--id",
      "a",
      "--env",
      "GREETING=it's me",
      "--command",
      'echo "$GREETING $QUEUECTL_JOB_ID $QUEUECTL_ATTEMPT $QUEUECTL_QUEUE"; pwd; echo oops >&2',
    );
    await box.ok("worker", "start", "--drain");
    const job = await box.show("a");
    expect(job).toMatchObject({ state: "completed", exit_code: 0, signal: null, last_error: null, attempts: 1 });
    expect(job.stdout).toBe(`it's me a 1 default\n${box.folder}\n`);
    expect(job.stderr).toBe("oops\n");
    expect((await box.run(["logs", "a", "--stderr", "--raw"])).stdout).toBe("oops\n");
  });

  it("that is a list of words runs without a shell", async () => {
    await box.ok("enqueue", "--id", "list", "--", "printf", "%s|", "$HOME", "a b", "*", "");
    await box.ok("worker", "start", "--drain");
    expect((await box.show("list")).stdout).toBe("$HOME|a b|*||");
  });

  it("that fails is retried after base^n seconds, and is dead when its attempts are used up", async () => {
    await box.ok("enqueue", '{"id":"f","command":"exit 7","max_retries":3,"backoff_base":0.5}');
    await box.ok("worker", "start", "--drain");
    const job = await box.show("f");
    expect(job).toMatchObject({ state: "dead", attempts: 3, exit_code: 7, last_error: "exited with code 7" });
    expect(job.history.map(({ outcome }) => outcome)).toEqual(["failed", "failed", "failed"]);
    const [first, second, third] = job.history.map(({ started_at }) => Date.parse(started_at)) as [
      number,
      number,
      number,
    ];
    expect(second - first).toBeGreaterThanOrEqual(500);
    expect(third - second).toBeGreaterThanOrEqual(250);
  });

  it("that takes too long is ended, tree and all, and recorded as timed out with 124", async () => {
    await box.ok(
      "enqueue",
      "--id",
      "t",
      "--timeout",
      "300ms",
      "--max-retries",
      "1",
      "--command",
      "sleep 1000 & sleep 1000",
    );
    await box.ok("worker", "start", "--drain");
    const job = await box.show("t");
    expect(job).toMatchObject({ state: "dead", exit_code: 124 });
    expect(job.history[0]?.outcome).toBe("timed-out");
  });

  it("of higher priority goes first, and what is scheduled for later stays", async () => {
    for (const [id, priority] of [
      ["low", -1],
      ["high", 5],
      ["mid", 0],
    ] as const) {
      await box.ok("enqueue", JSON.stringify({ id, priority, command: `echo ${id} >> order` }));
    }
    await box.ok("enqueue", '{"id":"later","command":"true","delay":"1h"}');
    await box.ok("worker", "start", "--drain");
    expect(box.lines("order")).toEqual(["high", "mid", "low"]);
    expect((await box.show("later")).state).toBe("pending");
  });

  it("whose directory is gone says so", async () => {
    await box.ok("enqueue", '{"id":"d","command":"true","cwd":"/no/such/place","max_retries":1}');
    await box.ok("worker", "start", "--drain");
    const job = await box.show("d");
    expect(job.state).toBe("dead");
    expect(job.last_error).toContain("/no/such/place");
  });
});

describe("worker start --once", () => {
  it("runs one job and leaves the rest", async () => {
    await box.ok("enqueue", '{"id":"1","command":"true"}');
    await box.ok("enqueue", '{"id":"2","command":"true"}');
    await box.ok("worker", "start", "--once");
    expect((await box.show("1")).state).toBe("completed");
    expect((await box.show("2")).state).toBe("pending");
  });

  it("says so when nothing is due", async () => {
    const { code, stdout } = await box.run(["worker", "start", "--once"]);
    expect(code).toBe(0);
    expect(stdout).toContain("No job is due");
  });
});

describe("running workers", () => {
  it("take up what is enqueued, from the queues that they are for", async () => {
    await box.supervisor("--queue", "etl");
    await box.ok("enqueue", '{"id":"mine","command":"true","queue":"etl"}');
    await box.ok("enqueue", '{"id":"other","command":"true"}');
    await box.reaches("mine", "completed");
    expect((await box.show("other")).state).toBe("pending");
  });

  it("apply a configuration that is set while they run", async () => {
    await box.supervisor();
    await box.ok("config", "set", "max-retries", "1");
    await box.ok("enqueue", '{"id":"x","command":"false"}');
    expect((await box.reaches("x", "dead")).attempts).toBe(1);
  });

  it("end a cancelled job, whatever it started and however it resists", async () => {
    await box.supervisor("--count", "2");
    await box.ok("enqueue", "--id", "c", "--command", "trap '' TERM; sleep 1000 & echo $$ $! > pids; wait; sleep 1000");
    const [line] = await waitFor("the job to run", () => box.lines("pids").length > 0 && box.lines("pids"));
    const begun = performance.now();
    await box.ok("cancel", "c", "--reason", "not needed");
    // The promise is one second; the rest is for a machine that is busy with other tests.
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(await box.show("c")).toMatchObject({ state: "cancelled", last_error: "cancelled: not needed" });
    for (const pid of (line ?? "").split(" ")) expect(identityOf(Number(pid))).toBeNull();
  });

  it("run each of 2,000 jobs exactly once while eight shells enqueue them", async () => {
    await box.supervisor("--count", "4");
    const shells = Array.from({ length: 8 }, async (_, shell) => {
      for (let part = 0; part < 5; part++) {
        const lines = Array.from({ length: 50 }, (_, n) =>
          JSON.stringify({ command: `echo ${shell}-${part}-${n} >> witness` }),
        );
        const file = box.file(`jobs-${shell}-${part}`);
        writeFileSync(file, lines.join("\n"));
        expect(await box.ok("enqueue", "--file", file)).toBe("Enqueued 50 jobs\n");
      }
    });
    await Promise.all(shells);
    const counts = await waitFor(
      "all of them to end",
      async () => {
        const { jobs } = await box.json<{ jobs: Record<string, number> }>("status");
        return (jobs.completed ?? 0) + (jobs.dead ?? 0) === 2000 && jobs;
      },
      50_000,
    );
    expect(counts).toMatchObject({ completed: 2000, total: 2000 });
    const witnessed = box.lines("witness");
    expect(witnessed).toHaveLength(2000);
    expect(new Set(witnessed).size).toBe(2000);
  });
});
