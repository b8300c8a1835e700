import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import type { JobJson } from "../support/shown-job.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

interface Explained {
  readonly id: string;
  readonly state: string;
  readonly reasons: readonly { code: string; message: string; hint?: string }[];
}

const enqueue = (id: string, ...flags: string[]) => cli.ok("enqueue", "--id", id, ...flags, "--command", "true");
const codes = async (id: string) => (await cli.json<Explained>("explain", id)).reasons.map(({ code }) => code);

describe("explain", () => {
  it("has one line for each reason, then what to do", async () => {
    await enqueue("job1", "--queue", "mail", "--delay", "1h");
    await cli.ok("queue", "pause", "mail");
    const lines = (await cli.ok("explain", "jo")).split("\n");
    expect(lines).toEqual([
      "Job job1 is pending:",
      expect.stringMatching(/^ {2}it is scheduled for \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, in (1h|59m 5\ds)$/),
      "  queue mail is paused",
      "  no supervisor is running",
      "What to do:",
      "  queuectl edit job1 --set delay=0 lets it run now",
      "  queuectl queue resume mail",
      "  queuectl worker start --detach",
      "",
    ]);
  });

  it("is the same in JSON", async () => {
    await enqueue("job1");
    expect(await cli.json("explain", "job1")).toEqual({
      id: "job1",
      state: "pending",
      reasons: [{ code: "no_supervisor", message: "no supervisor is running", hint: "queuectl worker start --detach" }],
    });
  });

  it("says what became of a job that has ended", async () => {
    await cli.ended("good", { kind: "succeeded" });
    await cli.ended("bad", { kind: "failed", exitCode: 3 });
    await enqueue("unwanted");
    await cli.ok("cancel", "unwanted", "--reason", "two\nlines");
    expect(await cli.ok("explain", "good")).toMatch(/^Job good is completed:\n {2}it completed .* ago\nWhat to do:\n/);
    expect(await cli.ok("explain", "bad")).toMatch(/attempt 1 of 1 was its last, .* ago: exited with code 3\n/);
    expect(await cli.ok("explain", "unwanted")).toMatch(/^ {2}it was cancelled .* ago: two lines$/m);
  });

  it("knows what the workers serve and do, and which jobs come before", async () => {
    await enqueue("first", "--queue", "mail", "--priority", "1");
    await enqueue("second", "--queue", "mail");
    await enqueue("other", "--queue", "slow");
    await cli.ok("enqueue", "--id", "long", "--queue", "mail", "--priority", "9", "--command", "echo go; sleep 1000");
    const worker = cli.start(["worker", "start", "--queue", "mail", "--queue", "chat"]);
    await worker.says("stderr", "job long started");
    expect(await cli.json("explain", "second")).toMatchObject({
      reasons: [
        { code: "slots_busy", message: "the only slot is busy with long" },
        { code: "jobs_before", message: "1 due job comes before it" },
      ],
    });
    expect(await cli.json("explain", "other")).toMatchObject({
      reasons: [{ code: "queue_not_served", message: "no worker serves queue slow, only chat, mail" }],
    });
    expect(await codes("first")).toEqual(["slots_busy"]);
    expect(await cli.json("explain", "long")).toMatchObject({
      state: "processing",
      reasons: [{ code: "processing", hint: "queuectl logs -f long shows what it writes" }],
    });
    expect(await cli.json<JobJson[]>("worker", "list")).toMatchObject([{ slots: 1, queues: ["mail", "chat"] }]);
    expect(await cli.ok("worker", "list")).toContain("mail,chat");
    expect((await cli.run(["worker", "stop", "--force"])).code).toBe(0);
    await worker.ended;
    expect(await codes("long")).toEqual(["no_supervisor"]);
  });

  it("of a job that is not there fails with 3", async () => {
    expect(await cli.fails(3, ["explain", "nope"])).toMatch(/^no job has the id "nope"/);
    expect(await cli.fails(2, ["explain"])).toMatch(/^queuectl explain needs ID/);
  });
});
