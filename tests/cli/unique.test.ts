/** Unique keys: what becomes of a job whose key an unfinished one has. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import type { JobJson } from "../support/shown-job.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

const words = (id: string, ...flags: string[]) => [
  ...["enqueue", "--id", id, "--unique", "nightly", ...flags],
  ...["--command", `echo ${id}`],
];

describe("a unique key that an unfinished job has", () => {
  beforeEach(() => cli.ok(...words("one")));

  it("refuses another job, by default and with reject", async () => {
    for (const flags of [[], ["--on-conflict", "reject"]]) {
      const { code, stderr } = await cli.run(words("two", ...flags));
      expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining("one has the unique key") });
    }
    expect(await cli.ids()).toEqual(["one"]);
  });

  it("with skip leaves it at the job that is there: exit 0", async () => {
    const skip = ["--on-conflict", "skip"];
    expect(await cli.ok(...words("two", ...skip))).toBe("Job one has the unique key already; nothing was enqueued\n");
    expect(await cli.json(...words("two", ...skip))).toMatchObject({ id: "one", created: false, unique: "nightly" });
    expect(await cli.ok(...words("two", ...skip, "-q"))).toBe("one\n");
    expect(await cli.ids()).toEqual(["one"]);
  });

  it("says in JSON that a job was created when it was", async () => {
    expect(await cli.json("enqueue", "--unique", "other", "--on-conflict", "skip", "--command", "true")).toMatchObject({
      created: true,
      unique: "other",
    });
  });

  it("with skip leaves it also at the job itself, and at another one than --replace would", async () => {
    const skip = ["--on-conflict", "skip"];
    expect(await cli.ok(...words("one", ...skip))).toBe("Job one has the unique key already; nothing was enqueued\n");
    expect(await cli.json(...words("one", ...skip))).toMatchObject({ id: "one", created: false });
    await cli.ok("enqueue", "--id", "old", "--command", "true");
    expect(await cli.json(...words("old", ...skip, "--replace"))).toMatchObject({ id: "one", created: false });
    expect(await cli.json("show", "old")).toMatchObject({ command: "true", state: "pending" });
    await cli.settle("one", await cli.claim("one"), { kind: "succeeded" });
    expect(await cli.run(words("one", ...skip))).toMatchObject({ code: 6, stderr: expect.stringContaining("exists") });
  });

  it("with replace cancels the one that waits, and takes over what waits for it", async () => {
    await cli.ok("enqueue", "--id", "after", "--after", "one", "--command", "true");
    await cli.ok(...words("two", "--on-conflict", "replace"));
    expect(await cli.json("show", "one")).toMatchObject({
      state: "cancelled",
      last_error: expect.stringContaining("replaced by job two"),
    });
    expect(await cli.json("show", "two")).toMatchObject({ state: "pending" });
    expect(await cli.json("show", "after")).toMatchObject({ state: "blocked", after: [{ job: "two", when: "ok" }] });
  });

  it("with replace does not touch the one that runs", async () => {
    await cli.claim("one");
    expect(await cli.run(words("two", "--on-conflict", "replace"))).toMatchObject({
      code: 6,
      stderr: expect.stringContaining("is processing"),
    });
  });

  it("is free again when that job has ended, and taken when that one is to run again", async () => {
    await cli.settle("one", await cli.claim("one"), { kind: "succeeded" });
    await cli.ok(...words("two"));
    expect(await cli.run(["retry", "one"])).toMatchObject({ code: 6, stderr: expect.stringContaining("unique key") });
  });

  it("is settled in a file line by line", async () => {
    const spec = (id: string, on_conflict: string) => ({ id, command: `echo ${id}`, unique: "nightly", on_conflict });
    const jobs = [spec("s", "skip"), spec("r", "replace"), spec("t", "skip"), spec("q", "replace")];
    const input = jobs.map((job) => JSON.stringify(job)).join("\n");
    const { code, stdout } = await cli.run(["enqueue", "--file", "-", "--json"], { input });
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as JobJson[]).map(({ id, created, state }) => [id, created, state])).toEqual([
      ["one", false, "cancelled"],
      ["r", true, "cancelled"],
      ["r", false, "cancelled"],
      ["q", true, "pending"],
    ]);
    expect(await cli.ids()).toEqual(["one", "r", "q"]);
  });

  it("lets a graph be enqueued again while its root waits", async () => {
    const graph = (kid: string) =>
      [
        { ref: "a", command: "true", unique: "nightly", on_conflict: "skip" },
        { id: kid, command: "true", after: ["a"] },
      ]
        .map((job) => JSON.stringify(job))
        .join("\n");
    for (const kid of ["kid1", "kid2"]) {
      const { code, stderr } = await cli.run(["enqueue", "--file", "-"], { input: graph(kid) });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(await cli.json("show", kid)).toMatchObject({ state: "blocked", after: [{ job: "one" }] });
    }
  });

  it("holds in a file: all or none, the line named, or skipped one by one", async () => {
    const spec = (id: string, on_conflict: string) => ({ id, command: "true", unique: "nightly", on_conflict });
    const run = (jobs: readonly object[], ...flags: string[]) =>
      cli.run(["enqueue", "--file", "-", ...flags], { input: jobs.map((job) => JSON.stringify(job)).join("\n") });
    expect(await run([{ id: "free", command: "true" }, spec("two", "reject")])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining("stdin line 2:"),
    });
    expect(await cli.ids()).toEqual(["one"]);
    const skipped = await run([{ id: "free", command: "true" }, spec("two", "skip"), spec("three", "skip")]);
    expect(skipped).toMatchObject({ code: 0 });
    expect((await cli.ids()).sort()).toEqual(["free", "one"]);
    expect(skipped.stdout).toBe("Enqueued 1 job; skipped 2, since unfinished jobs have their unique keys\n");
    expect((await run([spec("two", "skip")])).stdout).toMatch(/^Job one has the unique key already; nothing/);
    expect((await run([spec("two", "skip"), { id: "new", command: "true" }], "-q")).stdout).toBe("one\nnew\n");
    const printed = JSON.parse((await run([spec("two", "skip"), spec("three", "skip")], "--json")).stdout);
    expect(printed).toMatchObject([
      { id: "one", created: false },
      { id: "one", created: false },
    ]);
  });
});

it("a key is given once among the jobs of a file", async () => {
  const jobs = ["a", "b", "c"].map((id) => ({ id, command: "true", unique: "k", on_conflict: "skip" }));
  const result = await cli.run(["enqueue", "--file", "-", "--json"], { input: JSON.stringify(jobs) });
  expect(result.code).toBe(0);
  expect(await cli.ids()).toEqual(["a"]);
  const printed = JSON.parse(result.stdout) as JobJson[];
  expect(printed.map(({ id, created }) => [id, created])).toEqual([
    ["a", true],
    ["a", false],
    ["a", false],
  ]);
});
