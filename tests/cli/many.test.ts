/** Verbs on many jobs at once, some of which wait for each other. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import type { JobJson } from "../support/shown-job.js";
import { waitFor } from "../support/wait-for.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

interface Spec {
  readonly id: string;
  readonly after?: string;
  readonly [key: string]: unknown;
}

const enqueue = (jobs: readonly Spec[]) =>
  cli.ok(
    "enqueue",
    "-q",
    "-f",
    cli.write("jobs", jobs.map((job) => JSON.stringify({ command: "x", ...job })).join("\n")),
  );
const fail = async (id: string) => cli.settle(id, await cli.claim(id), { kind: "failed", exitCode: 1 });
const complete = async (id: string) => cli.settle(id, await cli.claim(id), { kind: "succeeded" });

async function states(...ids: string[]): Promise<string[]> {
  const jobs = await cli.json<JobJson[]>("list", "--limit", "0");
  return ids.map((id) => jobs.find((job) => job.id === id)?.state ?? "gone");
}

async function counts(): Promise<Record<string, number>> {
  const { jobs } = await cli.json<{ jobs: Record<string, number> }>("status");
  return Object.fromEntries(Object.entries(jobs).filter(([, count]) => count > 0));
}

const PARENT: Spec = { id: "par", max_retries: 1 };
const CHILD: Spec = { id: "child", after: "par" };

describe("retrying jobs that wait for each other", () => {
  it.each([
    ["dlq retry --all", [CHILD, PARENT]],
    ["dlq retry --all", [PARENT, CHILD]],
    ["retry --state dead", [PARENT, CHILD]],
    ["retry child par", [CHILD, PARENT]],
    ["retry par child", [PARENT, CHILD]],
  ])("%s has them run as they would have", async (words, jobs) => {
    await enqueue(jobs);
    await fail("par");
    expect(await states("par", "child")).toEqual(["dead", "dead"]);
    const lines = await cli.ok(...words.split(" "));
    expect(lines).toBe(jobs.map(({ id }) => `Moved job ${id} back to the queue\n`).join(""));
    expect(await states("par", "child")).toEqual(["pending", "blocked"]);
    await complete("par");
    expect(await states("par", "child")).toEqual(["completed", "pending"]);
  });

  it("runs one that is retried alone by force whatever it waited for", async () => {
    await enqueue([CHILD, PARENT]);
    await fail("par");
    expect(await cli.json("retry", "child", "--force")).toMatchObject({ id: "child", state: "pending" });
    expect(await states("par", "child")).toEqual(["dead", "pending"]);
  });

  it("keeps a line that is longer than a page in its order", async () => {
    const line = Array.from({ length: 2300 }, (_, n) => ({ id: `n${n}`, ...(n > 0 && { after: `n${n - 1}` }) }));
    await enqueue(line.map((job) => ({ max_retries: 1, ...job })).reverse());
    await cli.ok("cancel", "--queue", "default", "-y");
    expect(await counts()).toEqual({ cancelled: 2300, total: 2300 });
    await cli.ok("retry", "--state", "cancelled");
    expect(await counts()).toEqual({ pending: 1, blocked: 2299, total: 2300 });
    await fail("n0");
    expect(await counts()).toEqual({ dead: 2300, total: 2300 });
    await cli.ok("dlq", "retry", "--all");
    expect(await counts()).toEqual({ pending: 1, blocked: 2299, total: 2300 });
  });

  it("says which job stays dead because another one has its unique key", async () => {
    await enqueue([PARENT, { ...CHILD, unique: "k" }]);
    await fail("par");
    await cli.ok("enqueue", "--id", "other", "--unique", "k", "--delay", "1h", "--command", "x");
    const { code, stdout, stderr } = await cli.run(["retry", "par"]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "Moved job par back to the queue\n",
      stderr: "Job child stays dead: job other has its unique key; queuectl explain child says more\n",
    });
    expect(await cli.ok("explain", "child")).toContain('that was retried, but job other has the unique key "k"');
    await cli.ok("cancel", "other");
    expect(await cli.ok("explain", "child")).toContain("queuectl retry child runs it");
  });
});

describe("cancelling or deleting jobs that wait for each other", () => {
  const graph = [
    { id: "alert", after: "par:fail" },
    { id: "grandchild", after: "child" },
    { id: "child", after: "par" },
    { id: "par" },
  ];

  it.each([
    ["cancel --state pending,blocked -y"],
    ["cancel par child grandchild alert"],
    ["cancel alert child par grandchild"],
  ])("%s starts none and buries none", async (words) => {
    await enqueue(graph);
    await cli.ok(...words.split(" "));
    expect(await counts()).toEqual({ cancelled: 4, total: 4 });
    await cli.ok("retry", "--state", "cancelled");
    expect(await states("par", "child", "grandchild", "alert")).toEqual(["pending", "blocked", "blocked", "blocked"]);
  });

  it("deletes them without an error", async () => {
    await enqueue(graph);
    await cli.ok("jobs", "delete", "--state", "pending,blocked", "-y");
    expect(await counts()).toEqual({});
  });

  it("starts and buries none of more than a page either, with those that run cancelled last", async () => {
    const pairs = Array.from({ length: 1200 }, (_, n) => [
      { id: `p${n}`, priority: n === 0 ? 1 : 0 },
      { id: `alert${n}`, after: `p${n}:fail` },
      { id: `then${n}`, after: `p${n}` },
    ]);
    await enqueue(pairs.flat());
    const fence = await cli.claim("p0");
    const running = cli.start(["cancel", "--queue", "default", "-y"]);
    const asked = () => cli.inside(async (_, store) => (await store.leases.cancellations("w1")).length > 0);
    await waitFor("p0 to be asked to end", asked);
    expect(await counts()).toEqual({ cancelled: 3599, processing: 1, total: 3600 });
    await cli.settle("p0", fence, { kind: "cancelled", reason: null });
    expect(await running.ended).toMatchObject({ code: 0, stderr: "" });
    expect(await counts()).toEqual({ cancelled: 3600, total: 3600 });
  });
});
