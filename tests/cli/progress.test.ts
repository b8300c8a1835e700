/** Progress on a terminal. The input is a pipe that the test fills, so that a command takes as long as the test wants. */
import { spawnSync } from "node:child_process";
import { createWriteStream, type WriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Countdown } from "../../src/cli/terminal/countdown.js";
import { describeStep } from "../../src/cli/terminal/progress.js";
import { Cli } from "../support/cli.js";
import { PROGRAM } from "../support/program.js";
import { hasTerminals, Terminal } from "../support/terminal.js";
import { waitFor } from "../support/wait-for.js";

describe("a step", () => {
  it.each([
    [{ done: 400, total: 1000 }, 10_000, "Doing [#] 40%  400/1000 jobs  40/s  15s left"],
    [{ done: 5, fraction: 0.5 }, 2000, "Doing [#] 50%  5 jobs  2.5/s  2.0s left"],
    [{ done: 5 }, 2000, "Doing  5 jobs  2.5/s"],
    [{ done: 0, total: 7 }, 2000, "Doing [#] 0%  0/7 jobs"],
    [{ done: 7, total: 7 }, 2000, "Doing [#] 100%  7/7 jobs  3.5/s"],
    [{ done: 0, total: 0 }, 2000, "Doing  0/0 jobs"],
    [{ done: 7, total: 9 }, 100, "Doing [#] 77%  7/9 jobs"],
  ])("%j after %i ms is %j", (step, elapsed, line) => {
    expect(describeStep({ doing: "Doing", ...step }, elapsed, "#")).toBe(line);
  });

  it("counts from what is left, and what comes in meanwhile", () => {
    const countdown = new Countdown();
    const steps = [4, 3, 3, 5, 0].map((left) => countdown.next(left));
    expect(steps.map(({ done, total }) => `${done}/${total}`)).toEqual(["0/4", "1/4", "1/4", "1/6", "6/6"]);
  });
});

describe.skipIf(!hasTerminals)("on a terminal", () => {
  let cli: Cli;
  const terminals: Terminal[] = [];
  beforeEach(() => {
    cli = new Cli();
  });
  afterEach(async () => {
    for (const terminal of terminals.splice(0)) terminal.kill();
    await cli.dispose();
  });

  function open(words: string[], input?: string): Terminal {
    const terminal = new Terminal([process.execPath, PROGRAM, ...words], { QUEUECTL_HOME: cli.home }, input);
    terminals.push(terminal);
    return terminal;
  }

  function pipe(name: string): { path: string; input: WriteStream } {
    const path = join(cli.folder, name);
    spawnSync("mkfifo", [path]);
    // A command that was interrupted reads no more.
    return { path, input: createWriteStream(path).on("error", () => {}) };
  }

  /** Gives it one job after another until it shows how far it is. */
  async function feed(terminal: Terminal, ...inputs: WriteStream[]): Promise<void> {
    await waitFor("progress", () => {
      for (const input of inputs) input.write('{"command":"true"}\n');
      return terminal.written.includes("Reading");
    });
  }

  it("enqueue shows how many jobs it has read, and leaves no trace of it", async () => {
    const { path, input } = pipe("jobs");
    const terminal = open(["enqueue", "-f", "-"], path);
    await feed(terminal, input);
    input.end();
    expect(await terminal.ended).toBe(0);
    expect(terminal.written).toMatch(/Reading {2}\d+ jobs/);
    expect(terminal.lines).toEqual([expect.stringMatching(/^Enqueued \d+ jobs$/), ""]);
  });

  it("^C and an error erase it, and the cursor was never hidden", async () => {
    const [one, two] = [pipe("one"), pipe("two")];
    const interrupted = open(["enqueue", "-f", "-"], one.path);
    await feed(interrupted, one.input);
    interrupted.type("\x03");
    expect(await interrupted.ended).toBe(130);
    one.input.destroy();
    expect(interrupted.lines.join("")).toMatch(/^(\^C)?$/);

    const failing = open(["enqueue", "-f", "-"], two.path);
    await feed(failing, two.input);
    two.input.end("no JSON\n");
    expect(await failing.ended).toBe(2);
    expect(failing.lines).toEqual([expect.stringMatching(/^queuectl: error: stdin line \d+: /), ""]);
    expect(interrupted.written + failing.written).not.toContain("\x1b[?");
    expect(await cli.ids()).toEqual([]);
  });

  it.each([["-q"], ["--json"]])("nothing is shown with %s", async (flag) => {
    const [shown, silent] = [pipe("shown"), pipe("silent")];
    const quiet = open(["enqueue", flag, "-f", "-"], silent.path);
    silent.input.write('{"command":"true"}\n');
    const other = open(["enqueue", "-f", "-"], shown.path);
    // What takes the one long enough takes the other as long, which began before.
    await feed(other, shown.input, silent.input);
    silent.input.end();
    shown.input.end();
    expect(await quiet.ended).toBe(0);
    expect(await other.ended).toBe(0);
    for (const trace of ["Reading", "Writing", "\x1b"]) expect(quiet.written).not.toContain(trace);
  });

  it("worker start --drain shows it below its log lines, which stay whole", async () => {
    const gate = join(cli.folder, "open");
    await cli.ok("enqueue", "--id", "first", "--command", "true");
    await cli.ok("enqueue", "--id", "second", "--command", `while ! [ -e ${gate} ]; do sleep 0.01; done`);
    const terminal = open(["worker", "start", "--drain", "--poll", "100ms"]);
    await terminal.shows("1/2 jobs");
    writeFileSync(gate, "");
    expect(await terminal.ended).toBe(0);
    expect(terminal.lines.join("\n")).not.toContain("Working");
    for (const said of ["job first completed", "job second started", "job second completed", "stopped"]) {
      expect(terminal.lines).toContainEqual(expect.stringMatching(new RegExp(`^\\[[0-9:]+\\] INFO: ${said}`)));
    }
  });

  it("worker stop shows how many jobs it still waits for", async () => {
    const gate = join(cli.folder, "open");
    await cli.ok("enqueue", "--id", "slow", "--command", `while ! [ -e ${gate} ]; do sleep 0.01; done`);
    await cli.ok("worker", "start", "--detach");
    await waitFor("the job to run", async () => (await cli.json("show", "slow")).state === "processing");
    const terminal = open(["worker", "stop"]);
    await terminal.shows("Stopping [");
    writeFileSync(gate, "");
    expect(await terminal.ended).toBe(0);
    expect(terminal.lines.join("\n")).not.toContain("Stopping");
    expect(terminal.lines).toEqual(expect.arrayContaining(["Waiting for 1 job: slow", "Stopped 1 worker(s)"]));
  });
});
