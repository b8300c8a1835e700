/** What a job says of itself, from inside and for those who look at it. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import { waitFor } from "../support/wait-for.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli();
});
afterEach(() => cli.dispose());

/** The environment of the attempt with this fence. */
const inside = (id: string, fence: number) => ({
  env: { QUEUECTL_HOME: cli.home, QUEUECTL_JOB_ID: id, QUEUECTL_FENCE: String(fence) },
});

describe("progress", () => {
  it("is kept silently, and shown by show, list and status", async () => {
    const fence = await cli.claim("a");
    const told = await cli.run(["progress", "40", "half\nway"], inside("a", fence));
    expect(told).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await cli.json("show", "a")).toMatchObject({ progress: 40, progress_message: "half way" });
    expect(await cli.ok("show", "a")).toMatch(/^Progress +40% half way$/m);
    expect(await cli.ok("list")).toMatch(/PROGRESS.*\n.*40% half way/);
    await cli.inside((_, store) =>
      store.processes.register({
        id: "w1",
        kind: "worker",
        host: "h",
        hostId: "m",
        bootId: "b",
        pidNamespace: "1",
        home: "/q",
        pool: "main",
        pid: 77,
        startTime: "0",
        supervisorId: "s",
        state: "running",
        restarts: 0,
        queues: null,
        slots: 1,
        program: null,
      }),
    );
    expect(await cli.ok("status")).toMatch(/PROGRESS\n.* a +40% half way$/m);
    const { workers } = await cli.json<{ workers: unknown[] }>("status");
    expect(workers).toMatchObject([
      { jobs: ["a"], progress: [{ id: "a", progress: 40, progress_message: "half way" }] },
    ]);
  });

  it.each([
    ["0", 0],
    ["100%", 100],
    ["33.3", 33.3],
  ])("may be %s", async (text, progress) => {
    const fence = await cli.claim("a");
    const { stdout } = await cli.run(["progress", text, "--json"], inside("a", fence));
    expect(JSON.parse(stdout)).toEqual({ id: "a", progress, progress_message: null });
    expect(await cli.json("show", "a")).toMatchObject({ progress, progress_message: null });
  });

  it("has a message of one line and at most 200 characters", async () => {
    const fence = await cli.claim("a");
    await cli.run(["progress", "1", "ä".repeat(300)], inside("a", fence));
    expect(await cli.json("show", "a")).toMatchObject({ progress_message: "ä".repeat(200) });
  });

  it("takes no column in a list where nobody has told any", async () => {
    await cli.claim("a");
    expect(await cli.ok("list")).not.toContain("PROGRESS");
    expect(await cli.json("show", "a")).toMatchObject({ result: null, progress: null, progress_message: null });
  });

  it.each(["101", "-1", "half", "", "1e1", "%"])("of %j is a usage error", async (text) => {
    const fence = await cli.claim("a");
    const options = inside("a", fence);
    const words = text.startsWith("-") ? ["progress", "--", text] : ["progress", text];
    await cli.fails(2, words, options);
    expect(await cli.json("show", "a")).toMatchObject({ progress: null });
  });

  it("of an attempt that is over is refused with 6, and nothing is written", async () => {
    const fence = await cli.claim("a");
    await cli.settle("a", fence, { kind: "failed", exitCode: 1 });
    const before = await cli.json("show", "a");
    expect(await cli.fails(6, ["progress", "40"], inside("a", fence))).toMatch(/^this attempt of job a is over/);
    expect(await cli.json("show", "a")).toEqual(before);
  });

  it("outside a job is a usage error, and makes no home", async () => {
    expect(await cli.fails(2, ["progress", "40"])).toMatch(/^progress works only inside a job/);
    await cli.fails(2, ["progress", "40"], { env: { QUEUECTL_JOB_ID: "a", QUEUECTL_FENCE: "x" } });
    expect((await cli.shell(`ls ${cli.home}`)).code).not.toBe(0);
  });
});

describe("a result", () => {
  it("is shown with every digit that the job wrote", async () => {
    const text = '{"id":9007199254740993,"x":1e400}';
    const command = `printf '%s\\n' '${text}' > "$QUEUECTL_RESULT_FILE"`;
    const run = cli.start(["run", "--json", "--id", "a", "--command", command]);
    await waitFor("the job to be enqueued", async () => (await cli.ids()).length === 1);
    expect(await cli.run(["worker", "start", "--drain"])).toMatchObject({ code: 0 });
    const said = [(await run.ended).stdout, await cli.ok("wait", "a", "--json"), await cli.ok("show", "a", "--json")];
    for (const format of ["json", "ndjson"]) said.push(await cli.ok("list", "--format", format));
    for (const one of said) expect(one).toContain(`"result":${text}`);
    expect(await cli.ok("list", "--format", "csv", "--columns", "result")).toBe(
      `result\n"${text.replaceAll('"', '""')}"\n`,
    );
  });
});
