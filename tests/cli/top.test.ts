/** `top` as it is used: in a pseudo terminal, with keys, signals and errors; and without a terminal. */
import { readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";
import { PROGRAM } from "../support/program.js";
import type { JobJson } from "../support/shown-job.js";
import { hasTerminals, Terminal } from "../support/terminal.js";

const ENTER = "\x1b[?1049h";
/** What has to be put right: lines wrap, the cursor shows, the first screen is back. */
const LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l";

let cli: Cli;
beforeEach(() => {
  cli = new Cli();
});
afterEach(() => cli.dispose());

describe("off a terminal", () => {
  it("shows once how things are", async () => {
    await cli.ended("bad", { kind: "failed", exitCode: 4 });
    await cli.claim("one", { command: "sleep 9" });
    const text = await cli.ok("top");
    expect(text).toMatch(/^queuectl top {3}\S+ {3}no supervisor: queuectl worker start --detach\n/);
    expect(text).toContain("\n0 pending   1 processing   0 completed   0 failed   1 dead   0 cancelled\n");
    expect(text).toContain("\n10 s: 0 completed/min, 1 failed   1 min: 0 completed/min, 1 failed\n");
    expect(text).toMatch(/\n1 RUNNING .*\n {2}one .* sleep 9\n/);
    expect(text).toMatch(/\n1 FAILED OR DEAD .*\n {2}bad .* exited with code 4 {2}run bad\n/);
    expect(text).not.toContain("\x1b");
  });

  it("or as JSON", async () => {
    await cli.ended("good", { kind: "succeeded" });
    await cli.ended("bad", { kind: "failed", exitCode: 4 });
    await cli.claim("one");
    const { running, failures, ...rest } = await cli.json<Record<string, JobJson[]>>("top");
    expect(rest).toEqual({
      jobs: { pending: 0, processing: 1, completed: 1, failed: 0, dead: 1, cancelled: 0, blocked: 0, total: 3 },
      ended: { last_10s: { completed: 1, failed: 1 }, last_60s: { completed: 1, failed: 1 } },
      supervisor: { running: false, pid: null, uptime_ms: null, state: "stopped" },
      workers: [],
    });
    expect(running).toEqual([expect.objectContaining({ id: "one", elapsed_ms: expect.any(Number) })]);
    expect(failures).toEqual([expect.objectContaining({ id: "bad", last_error: "exited with code 4" })]);
  });
});

describe.skipIf(!hasTerminals)("on a terminal", () => {
  const terminals: Terminal[] = [];
  beforeEach(() => cli.makeQueue());
  afterEach(() => {
    for (const terminal of terminals.splice(0)) terminal.kill();
  });

  /** A shell gives the terminal its size, and says afterwards whether it reads lines again. */
  function open(size = "cols 80 rows 24"): Terminal {
    const script = join(cli.folder, "top.sh");
    const lines = [
      `stty ${size}`,
      `${process.execPath} ${PROGRAM} top & echo "pid=$!"; fg >/dev/null`,
      'echo "code=$?"',
      "stty -a | grep -o -- '-*icanon'",
    ];
    writeFileSync(script, `set -m\n${lines.join("\n")}\n`);
    const terminal = new Terminal(["/bin/bash", script], { QUEUECTL_HOME: cli.home });
    terminals.push(terminal);
    return terminal;
  }

  async function gone(terminal: Terminal): Promise<{ code: number; rest: string }> {
    await terminal.ended;
    const [, rest = ""] = terminal.written.split(LEAVE);
    return { code: Number(/code=(\d+)/.exec(rest)?.[1]), rest };
  }

  const pidOf = (terminal: Terminal) => Number(/pid=(\d+)/.exec(terminal.written)?.[1]);

  it("draws as the queue changes, and leaves at q", async () => {
    await cli.ok("enqueue", "--id", "later", "--command", "true", "--delay", "1h");
    const terminal = open();
    await terminal.shows("1 pending");
    await cli.claim("one", { command: "sleep 日本語\u001b[2J" });
    await terminal.shows("> one");
    await terminal.shows("sleep 日本語\\e[2J");
    terminal.type("q");
    const { code, rest } = await gone(terminal);
    expect(code).toBe(0);
    expect(rest).toMatch(/\nicanon/);
    expect(terminal.written.split(ENTER)).toHaveLength(2);
  });

  it.each<[string, (terminal: Terminal) => unknown, number]>([
    ["^C", (terminal) => terminal.type("\x03"), 130],
    ["SIGTERM", (terminal) => process.kill(pidOf(terminal), "SIGTERM"), 143],
    ["SIGINT", (terminal) => process.kill(pidOf(terminal), "SIGINT"), 130],
    ["an error", () => new Sqlite(join(cli.home, "queuectl.db")).exec("DROP TABLE processes").close(), 1],
    ["a deleted database", () => rmSync(join(cli.home, "queuectl.db")), 78],
  ])("%s leaves the terminal as it was", async (_, end, expected) => {
    const terminal = open();
    await terminal.shows("q quit");
    end(terminal);
    const { code, rest } = await gone(terminal);
    expect(code).toBe(expected);
    expect(rest).toMatch(/\nicanon/);
    expect(rest.includes("queuectl: error:")).toBe([1, 78].includes(expected));
  });

  it("^Z gives the terminal back for as long as it takes", async () => {
    const terminal = open();
    await terminal.shows("q quit");
    terminal.type("\x1a");
    await terminal.shows(LEAVE);
    await terminal.shows("code=");
    await terminal.shows("icanon");
    expect(terminal.written.split(LEAVE)[1]).toMatch(/code=1\d\d\D+icanon/);
    process.kill(pidOf(terminal), "SIGKILL");
  });

  it("takes a new size", async () => {
    const terminal = open("cols 40 rows 10");
    await terminal.shows("up/down select  l log  c cancel  r retr…");
    const tty = readlinkSync(`/proc/${pidOf(terminal)}/fd/1`);
    await cli.shell(`stty cols 90 rows 30 < ${tty}`);
    await terminal.shows("\x1b[30;1Hup/down select  l log  c cancel  r retry  ? help  q quit");
    terminal.type("q");
    expect((await gone(terminal)).code).toBe(0);
  });

  it("cancels, retries and shows logs at a key", async () => {
    await cli.ended("bad", { kind: "failed", exitCode: 4 }, { stderr: "oops\n" });
    await cli.ok("enqueue", "--id", "long", "--command", "echo so far; exec sleep 1000", "--priority", "9");
    const workers = cli.start(["worker", "start"]);
    await workers.says("stdout", "Supervisor");
    const terminal = open();
    await terminal.shows("> long");
    terminal.type("l");
    await terminal.shows("Job long, attempt 1: running");
    await terminal.shows("\x1b[2;1Hso far");
    terminal.type("q");
    terminal.type("c");
    await terminal.shows("Cancel job long? (y/n)");
    terminal.type("y");
    await terminal.shows("Job long is cancelled");
    await terminal.shows("> bad");
    terminal.type("\r");
    await terminal.shows("Job bad, attempt 1: failed");
    await terminal.shows("oops");
    terminal.type("q");
    terminal.type("r");
    await terminal.shows("Moved job bad back to the queue");
    terminal.type("q");
    expect((await gone(terminal)).code).toBe(0);
    const states = (await cli.json<JobJson[]>("list")).map(({ id, state }) => [id, state]);
    expect(states).toContainEqual(["long", "cancelled"]);
    workers.child.kill("SIGQUIT");
    await workers.ended;
  });
});
