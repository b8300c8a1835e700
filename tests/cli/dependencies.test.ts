/** Jobs that wait for jobs, as a user says and sees it. Their ends are settled directly, as a worker would. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Outcome } from "../../src/core/job/outcome.js";
import { Cli } from "../support/cli.js";
import type { JobJson } from "../support/shown-job.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

const SUCCEEDED: Outcome = { kind: "succeeded" };
const FAILED: Outcome = { kind: "failed", exitCode: 3 };

const waiting = (id: string, ...flags: string[]) =>
  cli.ok("enqueue", "--id", id, ...flags.flatMap((flag) => flag.split(" ")), "--command", "true");
const job = (id: string) => cli.json<JobJson>("show", id);
const end = async (id: string, outcome: Outcome) => cli.settle(id, await cli.claim(id), outcome);
/** A job that has one attempt. */
const single = (id: string) => waiting(id, "--max-retries 1");
const file = (jobs: readonly object[]) => jobs.map((spec) => JSON.stringify(spec)).join("\n");

describe("a job that waits", () => {
  it.each([
    ["p", SUCCEEDED, "pending"],
    ["p:ok", SUCCEEDED, "pending"],
    ["p:any", SUCCEEDED, "pending"],
    ["p:fail", SUCCEEDED, "dead"],
    ["p", FAILED, "dead"],
    ["p:fail", FAILED, "pending"],
    ["p:any", FAILED, "pending"],
  ] as const)("--after %s, which %j: is %s", async (after, outcome, state) => {
    await single("p");
    await waiting("c", `--after ${after}`);
    expect(await job("c")).toMatchObject({ state: "blocked" });
    await end("p", outcome);
    expect(await job("c")).toMatchObject({ state });
  });

  it("waits for all of several, named by ids and by prefixes", async () => {
    await single("extract-a");
    await single("extract-b");
    await waiting("load", "--after extract-a --after extract-b:any");
    await waiting("report", "--after loa");
    await end("extract-a", SUCCEEDED);
    expect(await job("load")).toMatchObject({
      state: "blocked",
      after: [
        { job: "extract-a", when: "ok", status: "met", state: "completed" },
        { job: "extract-b", when: "any", status: "waiting", state: "pending" },
      ],
      dependents: ["report"],
    });
    const text = await cli.ok("show", "load");
    expect(text).toMatch(/After +extract-b:any \(pending\), extract-a \(completed\)\n/);
    expect(text).toMatch(/Before +report \(blocked\)\n/);
    await end("extract-b", FAILED);
    expect(await job("load")).toMatchObject({ state: "pending" });
  });

  it("may be enqueued when what it waits for has ended", async () => {
    await cli.ended("good", SUCCEEDED);
    await cli.ended("bad", FAILED);
    await waiting("a", "--after good");
    await waiting("b", "--after good:fail");
    await waiting("c", "--after bad:fail --after good:any");
    expect([(await job("a")).state, (await job("b")).state, (await job("c")).state]).toEqual([
      "pending",
      "dead",
      "pending",
    ]);
  });

  it("dies with the reason, and takes along what waits for it", async () => {
    await single("p");
    await waiting("c", "--after p");
    await waiting("d", "--after c");
    await waiting("cleanup", "--after d:fail");
    await end("p", FAILED);
    expect(await job("c")).toMatchObject({ state: "dead", last_error: expect.stringContaining("after job p") });
    expect(await job("d")).toMatchObject({ state: "dead", last_error: expect.stringContaining("after job c") });
    expect(await job("cleanup")).toMatchObject({ state: "pending" });
  });

  it("stays blocked if it is told to hold", async () => {
    await single("p");
    await waiting("c", "--after p --on-unmet hold");
    await end("p", FAILED);
    expect(await job("c")).toMatchObject({ state: "blocked", after: [{ job: "p", status: "unmet", state: "dead" }] });
    expect(await cli.ok("show", "c")).toMatch(/After +p \(dead, so never\)/);
    await cli.ok("retry", "p");
    expect(await job("c")).toMatchObject({ state: "blocked", after: [{ status: "waiting" }] });
    await end("p", SUCCEEDED);
    expect(await job("c")).toMatchObject({ state: "pending" });
  });

  it("that is told to hold can be helped as explain says when what it waits for is gone", async () => {
    await single("p");
    await waiting("c", "--after p --on-unmet hold");
    await end("p", FAILED);
    expect(await cli.ok("explain", "c")).toContain(
      "to run that job again: queuectl retry p; to run it anyway: queuectl cancel c",
    );
    await cli.ok("prune", "--state", "dead", "-y");
    const advice = await cli.ok("explain", "c");
    expect(advice).not.toContain("retry p");
    expect(advice).toContain("to enqueue that job again: queuectl enqueue --replace --id p …");
    await cli.ok("enqueue", "--replace", "--id", "p", "--command", "true");
    expect(await job("c")).toMatchObject({ state: "blocked", after: [{ status: "waiting" }] });
    await cli.ok("jobs", "delete", "p");
    await cli.ok("cancel", "c");
    await cli.ok("retry", "c");
    expect(await job("c")).toMatchObject({ state: "pending" });
  });

  it("lives again when what it died of is retried", async () => {
    await single("p");
    await waiting("c", "--after p");
    await waiting("d", "--after c");
    await end("p", FAILED);
    await cli.ok("dlq", "retry", "p");
    expect([await job("c"), await job("d")]).toMatchObject([
      { state: "blocked", last_error: null },
      { state: "blocked", last_error: null },
    ]);
    await end("p", SUCCEEDED);
    await end("c", SUCCEEDED);
    expect(await job("d")).toMatchObject({ state: "pending" });
  });

  it("dies when what it waits for is deleted or cancelled, unless it wants just that", async () => {
    for (const [verb, words] of [
      ["deleted", ["jobs", "delete"]],
      ["cancelled", ["cancel"]],
    ] as const) {
      await single(verb);
      await waiting(`${verb}-ok`, `--after ${verb}`);
      await waiting(`${verb}-any`, `--after ${verb}:any`);
      await cli.ok(...words, verb);
      expect(await job(`${verb}-ok`)).toMatchObject({ state: "dead" });
      expect(await job(`${verb}-any`)).toMatchObject({ state: "pending" });
    }
    expect(await job("deleted-any")).toMatchObject({ after: [{ job: "deleted", status: "met", state: null }] });
  });

  it("runs all the same when somebody cancels it and runs it again", async () => {
    await single("p");
    await waiting("c", "--after p");
    await cli.ok("cancel", "c");
    await cli.ok("retry", "c");
    expect(await job("c")).toMatchObject({ state: "pending" });
  });
});

describe("what a job cannot wait for", () => {
  it("is a job that is not there: exit 3, nothing enqueued", async () => {
    const { code, stderr } = await cli.run(["enqueue", "--id", "c", "--after", "nobody", "--command", "true"]);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('"nobody"') });
    expect(await cli.ids()).toEqual([]);
  });

  it("is itself, or a prefix of several", async () => {
    await single("job-1");
    await single("job-2");
    expect((await cli.run(["enqueue", "--id", "c", "--after", "c", "--command", "true"])).code).toBe(2);
    expect(await cli.run(["enqueue", "--id", "c", "--after", "job", "--command", "true"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("fits more than one job"),
    });
    expect(await cli.ids()).toEqual(["job-1", "job-2"]);
  });

  it("is the same job in two ways, an empty name, an unknown condition", async () => {
    await single("p");
    const attempts = [
      ["--after", "p", "--after", "p:fail"],
      ["--after", ""],
      ["--after", "p", "--on-unmet", "die"],
    ];
    for (const flags of attempts) expect((await cli.run(["enqueue", ...flags, "--command", "true"])).code).toBe(2);
    expect((await cli.run(["enqueue", '{"command":"true","after":[{"job":"p","when":"later"}]}'])).code).toBe(2);
    expect(await cli.ids()).toEqual(["p"]);
  });
});

describe("a file of jobs that wait for each other", () => {
  const enqueue = (jobs: readonly object[]) => cli.run(["enqueue", "--file", "-"], { input: file(jobs) });

  it("names them by ref, forwards and backwards", async () => {
    const jobs = [
      { id: "end", command: "true", after: ["middle"] },
      { ref: "first", id: "one", command: "true" },
      { ref: "middle", id: "two", command: "true", after: [{ job: "first", when: "any" }] },
    ];
    expect(await enqueue(jobs)).toMatchObject({ code: 0, stdout: "Enqueued 3 jobs\n" });
    expect([await job("one"), await job("two"), await job("end")]).toMatchObject([
      { state: "pending", after: [], dependents: ["two"] },
      { state: "blocked", after: [{ job: "one", when: "any" }], dependents: ["end"] },
      { state: "blocked", after: [{ job: "two" }], dependents: [] },
    ]);
  });

  it("with a cycle is refused, with its line and its members", async () => {
    const jobs = [
      { id: "fine", command: "true" },
      { id: "a", command: "true", after: "c" },
      { id: "b", command: "true", after: "a" },
      { id: "c", command: "true", after: "b" },
    ];
    const { code, stderr } = await enqueue(jobs);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /stdin line [234]: jobs wait for each other: (a after c after b after a|b after a after c after b|c after b after a after c)/,
    );
    const named = await enqueue([
      { ref: "x", command: "true", after: "y" },
      { ref: "y", command: "true", after: "x" },
    ]);
    expect(named.stderr).toMatch(/line [12]: jobs wait for each other: (x after y after x|y after x after y)/);
    expect(await cli.ids()).toEqual([]);
  });

  it("with an unknown name is refused, with its line", async () => {
    const { code, stderr } = await enqueue([{ command: "true" }, { command: "true", after: "nobody" }]);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining("stdin line 2:") });
    expect(await cli.ids()).toEqual([]);
  });

  it("with a ref that occurs twice is refused, with the line of the second", async () => {
    const { code, stderr } = await enqueue([
      { command: "true", ref: "x" },
      { command: "true", ref: "x" },
    ]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('stdin line 2: the ref "x" occurs twice'),
    });
  });

  it("with one that waits for another in two ways is refused, with its line", async () => {
    const { code, stderr } = await enqueue([
      { command: "true", ref: "x" },
      { command: "true", after: ["x", "x:fail"] },
    ]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("stdin line 2: the job is to run after x under two conditions: ok and fail"),
    });
  });

  it("names jobs by prefixes and as last, however long it is", async () => {
    await single("first-of-all");
    await single("newest");
    const many = Array.from({ length: 1500 }, (_, n) => ({ id: `n${n}`, command: "true" }));
    const jobs = [
      ...many,
      { id: "a", command: "true", after: ["first", "n3"] },
      { id: "b", command: "true", after: ["last"] },
    ];
    expect(await enqueue(jobs)).toMatchObject({ code: 0, stderr: "" });
    expect([await job("a"), await job("b")]).toMatchObject([
      { after: [{ job: "first-of-all" }, { job: "n3" }] },
      { after: [{ job: "newest" }] },
    ]);
    const unknown = await enqueue([...many.map(({ command }) => ({ command })), { command: "true", after: "nobody" }]);
    expect(unknown).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('stdin line 1501: no job has the id "nobody"'),
    });
  });

  it("may hold ten thousand, and one that waits for a thousand", async () => {
    const chains = Array.from({ length: 9000 }, (_, n) => ({
      ...{ id: `n${n}`, ref: `r${n}`, command: "true" },
      ...(n % 9 > 0 && { after: `r${n - 1}` }),
    }));
    const ends = chains.filter((_, n) => n % 9 === 8).map(({ ref }) => ref);
    const rest = Array.from({ length: 999 }, (_, n) => ({ id: `m${n}`, command: "true", after: "r0" }));
    const jobs = [{ id: "join", command: "true", after: ends }, ...chains, ...rest];
    expect(await enqueue(jobs)).toMatchObject({ code: 0, stdout: "Enqueued 10000 jobs\n" });
    const status = await cli.json<{ jobs: Record<string, number> }>("status");
    expect(status.jobs).toMatchObject({ pending: 1000, blocked: 9000 });
    const { after } = await job("join");
    expect(after).toHaveLength(1000);
    expect((await job("n0")).dependents).toHaveLength(50);
    expect(await cli.ok("show", "join")).toContain("0 of 1000 met: ");
  });

  it("has its join run when the last of a thousand has ended", async () => {
    const parents = Array.from({ length: 1000 }, (_, n) => ({ id: `p${n}`, command: "true" }));
    await enqueue([...parents, { id: "join", command: "true", after: parents.map(({ id }) => id) }]);
    await cli.inside(async (_, store) => {
      const request = { workerId: "w1", queues: null, limit: 999, leaseMs: 60_000 };
      for (const limit of [999, 1]) {
        expect(await store.jobs.get("join")).toMatchObject({ state: "blocked" });
        const { jobs } = await store.leases.claim({ ...request, limit });
        const decision = { event: "complete", delayMs: 0 } as const;
        await store.leases.settle(jobs.map(({ id, fence }) => ({ jobId: id, fence, outcome: SUCCEEDED, decision })));
      }
      expect(await store.jobs.get("join")).toMatchObject({ state: "pending" });
    });
  });
});
