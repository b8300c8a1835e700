import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import type { JobJson } from "../support/shown-job.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

const enqueue = (id: string, ...flags: string[]) => cli.ok("enqueue", "--id", id, ...flags, "--command", "true");
const ranIn = (name: string) => cli.json<JobJson[]>("list", "--queue", name, "--state", "completed");

describe("queue pause and resume", () => {
  it("keep a worker from the jobs of a queue until it is resumed", async () => {
    await enqueue("a", "--queue", "mail");
    await enqueue("b");
    expect(await cli.ok("queue", "pause", "mail")).toBe("Paused queue mail\n");
    expect((await cli.run(["worker", "start", "--drain"])).code).toBe(0);
    expect(await cli.json("show", "a")).toMatchObject({ state: "pending" });
    expect(await cli.json("show", "b")).toMatchObject({ state: "completed" });
    expect(await cli.ok("queue", "resume", "mail")).toBe("Resumed queue mail\n");
    expect((await cli.run(["worker", "start", "--drain"])).code).toBe(0);
    expect(await ranIn("mail")).toMatchObject([{ id: "a" }]);
  });

  it("do no harm twice, and say so", async () => {
    await enqueue("a", "--queue", "mail");
    await cli.ok("queue", "pause", "mail");
    expect(await cli.ok("queue", "pause", "mail")).toBe("Queue mail is paused already\n");
    expect(await cli.json("queue", "pause", "mail")).toEqual({ name: "mail", paused: true, changed: false });
    expect(await cli.json("queue", "resume", "mail")).toEqual({ name: "mail", paused: false, changed: true });
    expect(await cli.ok("queue", "resume", "mail")).toBe("Queue mail is not paused\n");
  });

  it("tell of a queue that has no jobs, since it may be mistyped", async () => {
    const result = await cli.run(["queue", "pause", "mial"]);
    expect(result).toEqual({ code: 0, stdout: "Paused queue mial\n", stderr: "Queue mial has no jobs yet\n" });
  });

  it("wake a worker at once", async () => {
    await enqueue("a", "--queue", "mail");
    await cli.ok("queue", "pause", "mail");
    const worker = cli.start(["worker", "start", "--poll", "1h"]);
    await worker.says("stdout", "started");
    await cli.ok("queue", "resume", "mail");
    await worker.says("stderr", "job a completed");
    worker.child.kill("SIGTERM");
    expect((await worker.ended).code).toBe(0);
  });

  it.each<[string[], RegExp]>([
    [["queue", "pause"], /^queuectl queue pause needs NAME/],
    [["queue", "pause", "a", "b"], /^unexpected argument "b"/],
    [["queue", "pause", "a b"], /^the queue name "a b" is not valid/],
    [["queue", "resume", ""], /^the queue name "" is not valid/],
    [["queue"], /^queuectl queue needs a command; one of: queuectl queue list/],
    [["queue", "puase", "a"], /did you mean: queuectl queue pause$/],
  ])("%j is a usage error", async (words, message) => {
    expect(await cli.fails(2, words)).toMatch(message);
  });
});

describe("queue list", () => {
  it("with nothing says what makes a queue", async () => {
    await cli.makeQueue();
    expect(await cli.ok("queue", "list")).toMatch(/^No queues; /);
    expect(await cli.json("queue", "list")).toEqual([]);
  });

  it("has every queue with jobs or a pause: counts, and how long the oldest has waited", async () => {
    await cli.settle("done", await cli.claim("done", { queue: "mail" }), { kind: "succeeded" });
    await enqueue("due", "--queue", "mail");
    await enqueue("later", "--queue", "slow", "--delay", "1h");
    await cli.run(["queue", "pause", "gpu"]);
    const lines = (await cli.ok("queue", "list")).trimEnd().split("\n");
    const cells = lines.map((line) => line.split(/ {2,}/));
    expect(cells[0]).toEqual(["QUEUE", "PAUSED", "PENDING", "PROCESSING", "FAILED", "DEAD", "COMPLETED", "OLDEST"]);
    expect(lines[1]).toMatch(/^gpu +paused +0 +0 +0 +0 +0$/);
    expect(lines[2]).toMatch(/^mail +1 +0 +0 +0 +1 +\d.*s$/);
    expect(lines[3]).toMatch(/^slow +1 +0 +0 +0 +0$/);
    const limits = { concurrency: null, rate: null, max_length: null };
    const counts = {
      ...limits,
      pending: 0,
      processing: 0,
      failed: 0,
      dead: 0,
      completed: 0,
      cancelled: 0,
      blocked: 0,
      total: 0,
    };
    const idle = { ...counts, oldest_due_at: null, oldest_waiting_ms: null };
    expect(await cli.json("queue", "list")).toEqual([
      { ...idle, name: "gpu", paused: true },
      {
        ...counts,
        ...{ name: "mail", paused: false, pending: 1, completed: 1, total: 2 },
        oldest_due_at: expect.stringMatching(/Z$/),
        oldest_waiting_ms: expect.any(Number),
      },
      { ...idle, name: "slow", paused: false, pending: 1, total: 1 },
    ]);
  });

  it("status names the paused ones", async () => {
    await cli.makeQueue();
    expect(await cli.ok("status")).not.toContain("Paused");
    await enqueue("a", "--queue", "mail");
    await cli.run(["queue", "pause", "mail"]);
    const text = await cli.ok("status");
    expect(text).toMatch(/^Paused: +mail$/m);
    expect(text).toContain("To go on with a paused queue: queuectl queue resume mail");
    expect(await cli.json("status")).toMatchObject({ paused_queues: ["mail"] });
  });
});

describe("queue rm", () => {
  const names = async () => (await cli.json<{ name: string }[]>("queue", "list")).map(({ name }) => name);

  it("removes a queue that was a mistake, with all that was set for it", async () => {
    await cli.ok("queue", "set", "mial", "--concurrency", "2", "--rate", "5/s", "--on-dead", "echo sad");
    await cli.run(["queue", "pause", "mial"]);
    expect(await cli.ok("queue", "rm", "mial")).toBe("Removed queue mial\n");
    expect(await names()).toEqual([]);
    await enqueue("a", "--queue", "mial");
    expect(await cli.json("queue", "list")).toMatchObject([
      { name: "mial", paused: false, concurrency: null, rate: null },
    ]);
    expect(await cli.ok("queue", "show", "mial")).not.toContain("sad");
  });

  it("removes one whose jobs have moved to another", async () => {
    await enqueue("a", "--queue", "mial");
    await cli.ok("edit", "a", "--set", "queue=mail");
    expect(await cli.json("queue", "rm", "mial")).toEqual({ name: "mial", removed: true });
    expect(await names()).toEqual(["mail"]);
  });

  it("is refused while there are jobs in it, also ended ones, and says what to type", async () => {
    await cli.ok("queue", "set", "mial", "--concurrency", "2");
    await enqueue("a", "--queue", "mial");
    await cli.ok("cancel", "a");
    const hint = "to see them: queuectl list --queue mial; to delete them: queuectl jobs delete --queue mial";
    expect(await cli.fails(6, ["queue", "rm", "mial"])).toBe(`there are jobs in the queue mial; ${hint}`);
    expect(await cli.json("queue", "list")).toMatchObject([{ name: "mial", concurrency: 2, cancelled: 1 }]);
    await cli.ok("jobs", "delete", "--queue", "mial", "-y");
    await cli.ok("queue", "rm", "mial");
    expect(await names()).toEqual([]);
  });

  it("is refused while a schedule enqueues into it", async () => {
    await cli.ok("queue", "set", "mial", "--concurrency", "2");
    await cli.ok("schedule", "add", "night", "--cron", "@daily", "--queue", "mial", "--", "true");
    expect(await cli.fails(6, ["queue", "rm", "mial"])).toBe(
      "schedules enqueue into the queue mial: night; remove or replace them first: queuectl schedule remove night",
    );
    expect(await names()).toEqual(["mial"]);
  });

  it("knows no queue that never was, and names the one that is meant", async () => {
    await cli.run(["queue", "pause", "mail"]);
    expect(await cli.fails(3, ["queue", "rm", "mial"])).toBe('there is no queue "mial"; did you mean mail?');
    expect(await cli.fails(3, ["queue", "rm", "zzzzzz"])).toContain("queuectl queue list");
    expect(await cli.fails(2, ["queue", "rm", "a b"])).toContain("not valid");
  });
});
