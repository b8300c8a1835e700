/** Jobs that are buried or revived because of another one: said by the command that did it, and not run by mistake. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import type { JobJson } from "../support/shown-job.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

const enqueue = (id: string, ...flags: string[]) => cli.ok("enqueue", "--id", id, ...flags, "--command", "true");
const state = async (id: string) => (await cli.json<JobJson>("show", id)).state;

/** A test, a deployment after it, and a message after that. */
async function pipeline(): Promise<void> {
  await enqueue("test", "--max-retries", "1");
  await enqueue("deploy", "--after", "test");
  await enqueue("tell", "--after", "deploy");
}

async function failedPipeline(): Promise<void> {
  await pipeline();
  await cli.ended("test", { kind: "failed", exitCode: 1 });
}

describe("a job that died of its parent", () => {
  const ADVICE = (id: string) =>
    `job ${id} died because job test is dead: exited with code 1; ` +
    `queuectl retry test runs test again, and ${id} after it; --force runs ${id} all the same`;

  it.each([["retry"], ["dlq", "retry"]])(
    "is not run by %s %s, which names the parent at the beginning",
    async (...verb) => {
      await failedPipeline();
      for (const id of ["deploy", "tell"]) expect(await cli.fails(6, [...verb, id])).toBe(ADVICE(id));
      expect((await cli.run([...verb, "deploy", "tell"])).code).toBe(6);
      expect(await Promise.all(["test", "deploy", "tell"].map(state))).toEqual(["dead", "dead", "dead"]);
      expect(await cli.ok(...verb, "deploy", "--force")).toBe(
        "Moved job deploy back to the queue; also revived: tell\n",
      );
      expect(await Promise.all(["test", "deploy", "tell"].map(state))).toEqual(["dead", "pending", "blocked"]);
    },
  );

  it("comes back with the parent, alone or named beside it", async () => {
    await failedPipeline();
    expect(await cli.ok("retry", "test")).toBe("Moved job test back to the queue; also revived: deploy, tell\n");
    expect(await Promise.all(["test", "deploy", "tell"].map(state))).toEqual(["pending", "blocked", "blocked"]);
    await cli.ended("test", { kind: "failed", exitCode: 1 });
    expect(await cli.ok("retry", "tell", "deploy", "test")).toBe(
      ["tell", "deploy", "test"].map((id) => `Moved job ${id} back to the queue\n`).join(""),
    );
    expect(await Promise.all(["test", "deploy", "tell"].map(state))).toEqual(["pending", "blocked", "blocked"]);
  });

  it("is left out when flags choose it and not its parent", async () => {
    await enqueue("test", "--max-retries", "1");
    await enqueue("deploy", "--after", "test", "--queue", "deploys");
    await cli.ended("test", { kind: "failed", exitCode: 1 });
    const { code, stdout, stderr } = await cli.run(["dlq", "retry", "--queue", "deploys"]);
    expect({ code, stdout, stderr }).toEqual({ code: 6, stdout: "", stderr: `queuectl: error: ${ADVICE("deploy")}\n` });
    expect(await cli.ok("dlq", "retry", "--all")).toContain("Moved job deploy back to the queue\n");
    expect(await state("deploy")).toBe("blocked");
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ["deleted", () => cli.ok("jobs", "delete", "test"), "job test was deleted"],
    ["a success that was not wanted", () => cli.ended("test", { kind: "succeeded" }), "job test completed"],
  ])("of one that was %s can only be forced", async (_, end, why) => {
    await enqueue("test");
    await enqueue("clean", "--after", why.includes("completed") ? "test:fail" : "test");
    await end();
    expect(await cli.fails(6, ["retry", "clean"])).toBe(
      `job clean died because ${why}; queuectl retry clean --force runs clean all the same`,
    );
    await cli.ok("retry", "clean", "--force");
    expect(await state("clean")).toBe("pending");
  });

  it("names all that it waited for in vain", async () => {
    await enqueue("a");
    await enqueue("b");
    await enqueue("both", "--after", "a", "--after", "b");
    await cli.ok("cancel", "a", "b", "--reason", "no");
    expect(await cli.fails(6, ["retry", "both"])).toMatch(
      /^job both died because job a was cancelled: no, job b was cancelled: no; queuectl retry a b runs these again, and both after them; /,
    );
    await cli.ok("retry", "a", "b");
    expect(await state("both")).toBe("blocked");
  });
});

describe("the jobs that a change takes along", () => {
  it("are named by cancel and jobs delete, waiting or running", async () => {
    await pipeline();
    expect(await cli.ok("cancel", "test")).toBe("Cancelled job test; also buried: deploy, tell\n");
    await cli.ok("retry", "test");
    expect(await cli.json("jobs", "delete", "test")).toMatchObject({ id: "test", also_buried: ["deploy", "tell"] });
    await enqueue("alone");
    expect(await cli.ok("cancel", "alone")).toBe("Cancelled job alone\n");
  });

  it("are not those that had died before", async () => {
    await enqueue("a");
    await enqueue("b");
    await enqueue("both", "--after", "a", "--after", "b");
    expect(await cli.ok("cancel", "a")).toBe("Cancelled job a; also buried: both\n");
    await new Promise((resume) => setTimeout(resume, 2));
    expect(await cli.ok("cancel", "b")).toBe("Cancelled job b\n");
  });

  it("are counted when there are many, and belong to their own job in JSON", async () => {
    await pipeline();
    await enqueue("many");
    for (let i = 0; i < 7; i++) await enqueue(`m${i}`, "--after", "many");
    const answer = await cli.json<object[]>("cancel", "many", "test");
    expect(answer).toMatchObject([
      { id: "many", also_buried: ["m0", "m1", "m2", "m3", "m4", "m5", "m6"] },
      { id: "test", also_buried: ["deploy", "tell"] },
    ]);
    expect(await cli.json("retry", "many")).toMatchObject({ state: "pending", also_revived: { length: 7 } });
    expect(await cli.ok("cancel", "many")).toBe("Cancelled job many; also buried: m0, m1, m2, m3, m4 and 2 more\n");
    expect(await cli.json("retry", "test")).toMatchObject({ also_revived: ["deploy", "tell"] });
  });
});
