/** Limits of queues and of keys, by what the jobs themselves wrote and when their attempts began. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import type { JobJson } from "../support/shown-job.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

/** Writes down when it begins and ends; runs until `lasts` is over. */
const witnessed = (lasts: string) => `echo S >> witness; ${lasts}; echo E >> witness`;

async function enqueue(jobs: readonly object[]): Promise<void> {
  await cli.ok("enqueue", "--file", cli.write("jobs.json", JSON.stringify(jobs)));
}

const work = () => cli.run(["worker", "start", "--drain", "--concurrency", "4"]);

/** How many ran at a time, at most. */
function mostAtOnce(): number {
  let running = 0;
  let most = 0;
  for (const line of readFileSync(join(cli.folder, "witness"), "utf8").trimEnd().split("\n")) {
    running += line === "S" ? 1 : -1;
    most = Math.max(most, running);
  }
  expect(running).toBe(0);
  return most;
}

async function completed(): Promise<string[]> {
  return (await cli.json<JobJson[]>("list", "--state", "completed", "--limit", "0")).map(({ id }) => id);
}

describe("queue set", () => {
  it("changes the limits that are given; queue list and status show them", async () => {
    await cli.makeQueue();
    expect(await cli.ok("queue", "set", "mail", "--concurrency", "2", "--rate", "60/60s")).toBe(
      "Queue mail: 2 at a time, 60/m\n",
    );
    expect(await cli.ok("queue", "set", "mail", "--concurrency", "none", "--max-length", "9")).toBe(
      "Queue mail: 60/m, 9 waiting\n",
    );
    const limits = { concurrency: null, rate: "60/m", max_length: 9 };
    expect(await cli.json("queue", "set", "mail", "--max-length", "9")).toEqual({ name: "mail", ...limits });
    expect(await cli.json("queue", "list")).toMatchObject([{ name: "mail", paused: false, ...limits }]);
    expect(await cli.ok("queue", "list")).toMatch(/^mail .*60\/m, 9 waiting$/m);
    expect(await cli.json("queue", "show", "mail")).toMatchObject({ name: "mail", ...limits, on_dead: null });
    expect(await cli.ok("queue", "show", "mail")).toBe("Limits        60/m, 9 waiting\n");
    expect(await cli.json("status")).toMatchObject({ limited_queues: [{ name: "mail", ...limits }] });
    expect(await cli.ok("status")).toMatch(/^Limits: +mail: 60\/m, 9 waiting$/m);
    expect(await cli.ok("queue", "set", "mail", "--rate", "none", "--max-length", "none")).toBe(
      "Queue mail: no limits\n",
    );
    expect(await cli.json("status")).toMatchObject({ limited_queues: [] });
    expect(await cli.ok("queue", "list")).not.toContain("LIMITS");
  });

  it.each<[string[], RegExp]>([
    [["mail"], /^there is nothing to set; /],
    [[], /^queuectl queue set needs NAME/],
    [["mail", "--concurrency", "0"], /^--concurrency is "0"; give a whole number from 1/],
    [["mail", "--concurrency", "many"], /^--concurrency is "many"; /],
    [["mail", "--max-length", "-1"], /^--max-length is "-1"; /],
    [["mail", "--rate", "10"], /^--rate is "10", which is not a rate; give how many within a time: 10\/m/],
    [["mail", "--rate", "0/s"], /^--rate is "0\/s", which is not a rate/],
    [["mail", "--rate", "3/s", "--concurrency", "x"], /^--concurrency is "x"/],
    [["a b", "--rate", "3/s"], /^the queue name "a b" is not valid/],
  ])("%j is a usage error, and nothing is written", async (words, message) => {
    await cli.makeQueue();
    expect(await cli.fails(2, ["queue", "set", ...words])).toMatch(message);
    expect(await cli.json("queue", "list")).toEqual([]);
  });
});

describe("a queue with a limit", () => {
  it("of one at a time runs one at a time, and keeps no slot from others", async () => {
    await cli.ok("queue", "set", "slow", "--concurrency", "1");
    // The first of them ends when a job has run that was enqueued after all of them.
    const first = { id: "slow0", queue: "slow", command: witnessed("until [ -e go ]; do sleep 0.02; done") };
    const more = Array.from({ length: 7 }, (_, n) => ({
      id: `slow${n + 1}`,
      queue: "slow",
      command: witnessed("sleep 0.02"),
    }));
    await enqueue([first, ...more, { id: "other", command: "touch go" }]);
    expect((await work()).code).toBe(0);
    expect(await completed()).toHaveLength(9);
    expect(mostAtOnce()).toBe(1);
  });

  it("of three a second starts never more within any second", async () => {
    await cli.ok("queue", "set", "api", "--rate", "3/s");
    await enqueue(Array.from({ length: 8 }, (_, n) => ({ id: `j${n}`, queue: "api", command: "true" })));
    expect((await work()).code).toBe(0);
    const jobs = await cli.json<JobJson[]>("list", "--state", "completed");
    const starts = jobs.map(({ started_at }) => Date.parse(String(started_at))).sort((a, b) => a - b);
    expect(starts).toHaveLength(8);
    for (let n = 3; n < 8; n++) expect((starts[n] ?? 0) - (starts[n - 3] ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  it("of a length refuses what would be too much, all of it", async () => {
    await cli.ok("queue", "set", "mail", "--max-length", "2");
    await cli.ok("enqueue", "--queue", "mail", "--command", "true");
    const file = cli.write("two.json", '[{"command":"true","queue":"mail"},{"command":"true","queue":"mail"}]');
    expect(await cli.fails(75, ["enqueue", "--file", file])).toMatch(
      /the queue mail is full: at most 2 may wait in it/,
    );
    expect(await cli.ids()).toHaveLength(1);
    await cli.ok("queue", "set", "mail", "--max-length", "none");
    await cli.ok("enqueue", "--file", file);
  });

  it("of a length lets nobody edit a job into it, and takes back one that it had", async () => {
    await cli.settle("old", await cli.claim("old", { queue: "mail" }), { kind: "succeeded" });
    await cli.ok("queue", "set", "mail", "--max-length", "1");
    await cli.ok("enqueue", "--queue", "mail", "--command", "true");
    await cli.ok("enqueue", "--id", "other", "--command", "true");
    expect(await cli.fails(75, ["edit", "other", "--set", "queue=mail"])).toMatch(/the queue mail is full/);
    expect(await cli.json("show", "other")).toMatchObject({ queue: "default" });
    await cli.ok("retry", "old");
  });

  it("is the reason that explain gives for a job that it keeps back", async () => {
    await cli.ok("queue", "set", "mail", "--concurrency", "1", "--rate", "1/h");
    await cli.claim("a", { queue: "mail" });
    await cli.ok("enqueue", "--id", "b", "--queue", "mail", "--command", "true");
    const { reasons } = await cli.json<{ reasons: { code: string }[] }>("explain", "b");
    expect(reasons.map(({ code }) => code)).toEqual(["queue_full", "queue_rate", "no_supervisor"]);
  });
});

it("of the jobs with a limit key, no more than it says run at a time, and others go on", async () => {
  const blockers = [1, 2].map((n) => ({ id: `disk${n}`, command: witnessed("until [ -e go ]; do sleep 0.02; done") }));
  const more = Array.from({ length: 6 }, (_, n) => ({ id: `disk${n + 3}`, command: witnessed("sleep 0.02") }));
  const limited = [...blockers, ...more].map((job) => ({ ...job, limit_key: "disk", limit: 2 }));
  await enqueue([...limited, { id: "other", command: "touch go" }]);
  expect((await work()).code).toBe(0);
  expect(await completed()).toHaveLength(9);
  expect(mostAtOnce()).toBe(2);
});
