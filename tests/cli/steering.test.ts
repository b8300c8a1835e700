import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import type { JobJson } from "../support/shown-job.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

const state = async (id: string) => (await cli.json("show", id)).state;
const dead = (id: string) => cli.ended(id, { kind: "failed", exitCode: 1 });

describe("cancel", () => {
  it("ends jobs that have not run, with the reason", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    await cli.ok("enqueue", "--id", "b", "--command", "x");
    expect(await cli.ok("cancel", "a", "b", "--reason", "wrong input")).toBe("Cancelled job a\nCancelled job b\n");
    expect(await cli.json("show", "a")).toMatchObject({ state: "cancelled", last_error: "cancelled: wrong input" });
  });

  it("touches none if one of several cannot be cancelled or is not there", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    await cli.ok("cancel", "a");
    await cli.ok("enqueue", "--id", "b", "--command", "x");
    expect(await cli.fails(6, ["cancel", "b", "a"])).toBe(
      "job a is cancelled and cannot be cancelled; only a job that has not ended can be cancelled",
    );
    expect(await cli.fails(3, ["cancel", "b", "nope"])).toMatch(/^no job has the id "nope"/);
    expect(await state("b")).toBe("pending");
  });

  it("gives the job as JSON, several as a list", async () => {
    for (const id of ["a", "b", "c"]) await cli.ok("enqueue", "--id", id, "--command", "x");
    expect(await cli.json("cancel", "a")).toMatchObject({ id: "a", state: "cancelled", max_retries: 3 });
    expect(await cli.json("cancel", "b", "c")).toMatchObject([{ id: "b" }, { id: "c" }]);
  });
});

describe("dlq", () => {
  it("lists dead jobs with id, command, attempts, last error and when they died", async () => {
    await cli.makeQueue();
    expect(await cli.ok("dlq", "list")).toBe("No dead jobs\n");
    expect(await cli.json("dlq", "list")).toEqual([]);
    await dead("job1");
    await cli.ok("enqueue", "--id", "other", "--command", "x");
    const [head, row, ...rest] = (await cli.ok("dlq", "list")).trimEnd().split("\n");
    expect(head?.split(/ {2,}/)).toEqual(["ID", "COMMAND", "ATTEMPTS", "LAST ERROR", "DIED"]);
    expect(row).toMatch(/^job1 +run job1 +1\/1 +exited with code 1 +\S+/);
    expect(rest).toEqual([]);
    expect(await cli.json("dlq", "list")).toMatchObject([{ id: "job1", state: "dead", attempts: 1 }]);
  });

  it("list takes the flags of list, among dead jobs, the last to die last", async () => {
    await dead("a");
    await dead("b");
    await cli.ended("done", { kind: "succeeded" });
    const ids = async (...flags: string[]) => (await cli.json<JobJson[]>("dlq", "list", ...flags)).map(({ id }) => id);
    expect(await ids()).toEqual(["a", "b"]);
    expect(await ids("--limit", "1")).toEqual(["b"]);
    expect(await ids("--reverse")).toEqual(["b", "a"]);
    expect(await ids("--where", "id=a", "--state", "dead")).toEqual(["a"]);
    expect(await ids("--queue", "gpu")).toEqual([]);
    expect(await cli.ok("dlq", "list", "--tag", "none")).toBe("No dead jobs\n");
    expect(await cli.ok("dlq", "list", "--columns", "id", "--format", "csv")).toBe("id\na\nb\n");
    expect(await cli.ok("dlq", "show")).toBe(await cli.ok("dlq", "list"));
    expect(await cli.fails(2, ["dlq", "list", "--state", "completed"])).toBe(
      "--state is completed; only dead jobs are in the dead-letter queue; queuectl list --state completed shows others",
    );
    const { stdout, stderr } = await cli.run(["dlq", "list", "--limit", "1"]);
    expect(stdout).toMatch(/^ID .*\nb .*\n$/);
    expect(stderr).toBe("Only the newest one is shown; --limit 0 shows all\n");
  });

  it("purge with no dead jobs has nothing to do", async () => {
    await cli.ok("enqueue", "--command", "true");
    expect(await cli.ok("dlq", "purge", "-y")).toBe("No dead jobs\n");
    expect(await cli.json("dlq", "purge", "-y")).toEqual([]);
    expect(await cli.fails(2, ["dlq", "purge"])).toMatch(/needs -y without a terminal/);
  });

  it("retry moves a dead job back: attempts at 0, same id, history kept", async () => {
    await dead("job1");
    expect(await cli.ok("dlq", "retry", "job1")).toBe("Moved job job1 back to the queue\n");
    expect(await cli.json("show", "job1")).toMatchObject({ state: "pending", attempts: 0, history: [{ attempt: 1 }] });
  });

  it("retry --all moves them all; with none, nothing matched", async () => {
    await dead("a");
    await dead("b");
    expect(await cli.ok("dlq", "retry", "--all")).toBe(
      "Moved job a back to the queue\nMoved job b back to the queue\n",
    );
    expect(await cli.ok("dlq", "retry", "--all")).toBe("No dead jobs\n");
    expect(await cli.json("dlq", "retry", "--all")).toEqual([]);
  });

  it("retry gives JSON: an object for one, a list for several", async () => {
    await dead("a");
    await dead("b");
    await dead("c");
    expect(await cli.json("dlq", "retry", "a")).toMatchObject({ id: "a", state: "pending", attempts: 0 });
    expect(await cli.json("dlq", "retry", "b", "c")).toMatchObject([{ id: "b" }, { id: "c" }]);
  });

  it("retry refuses a job that is not dead, and then moves none", async () => {
    await dead("a");
    await cli.ok("enqueue", "--id", "b", "--command", "x");
    expect(await cli.fails(6, ["dlq", "retry", "a", "b"])).toBe(
      "job b is pending, not dead; queuectl dlq list shows the dead ones",
    );
    expect(await state("a")).toBe("dead");
    expect(await cli.fails(3, ["dlq", "retry", "nope"])).toMatch(/^no job has the id "nope"/);
    expect(await cli.fails(2, ["dlq", "retry"])).toMatch(/^queuectl dlq retry needs ID or --all/);
    expect(await cli.fails(2, ["dlq", "retry", "a", "--all"])).toMatch(/^--all and ids cannot be combined/);
  });
});

describe("retry", () => {
  it("runs any job that has ended once more", async () => {
    await cli.ended("done", { kind: "succeeded" });
    expect(await cli.ok("retry", "done")).toBe("Moved job done back to the queue\n");
    expect(await cli.json("show", "done")).toMatchObject({ state: "pending", attempts: 0 });
    expect(await cli.fails(6, ["retry", "done"])).toBe(
      "job done is pending and cannot be retried; only a job that has ended can be run again",
    );
  });

  it("takes all in a state, of one queue", async () => {
    await dead("a");
    const fence = await cli.claim("b", { maxRetries: 1, queue: "gpu" });
    await cli.settle("b", fence, { kind: "failed", exitCode: 1 });
    expect(await cli.ok("retry", "--state", "dead", "--queue", "gpu")).toBe("Moved job b back to the queue\n");
    expect(await cli.ok("retry", "--state", "dead")).toBe("Moved job a back to the queue\n");
    expect(await cli.fails(3, ["retry", "--state", "dead"])).toBe("no job matches");
    expect(await cli.fails(2, ["retry"])).toMatch(/^queuectl retry needs ID or --state/);
    expect(await cli.fails(2, ["retry", "--state", "pending"])).toMatch(/^--state is pending; only dead/);
    expect(await cli.fails(2, ["retry", "a", "--state", "dead"])).toMatch(/cannot be combined/);
  });
});

describe("jobs delete", () => {
  it("deletes jobs with their history", async () => {
    await cli.ended("a", { kind: "succeeded" });
    await cli.ok("enqueue", "--id", "b", "--command", "x");
    expect(await cli.ok("jobs", "delete", "a", "b")).toBe("Deleted job a\nDeleted job b\n");
    expect(await cli.ids()).toEqual([]);
    expect(await cli.fails(3, ["jobs", "delete", "a"])).toMatch(/^no job has the id "a"/);
  });

  it("not while one is processing, and then none", async () => {
    await cli.claim("running");
    await cli.ok("enqueue", "--id", "b", "--command", "x");
    expect(await cli.fails(6, ["jobs", "delete", "b", "running"])).toBe(
      "job running is processing and cannot be deleted; cancel it first, or wait until it ends",
    );
    expect((await cli.json<JobJson[]>("list")).length).toBe(2);
  });

  it("gives JSON", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", "x");
    expect(await cli.json("jobs", "delete", "a")).toMatchObject({ id: "a" });
  });
});
