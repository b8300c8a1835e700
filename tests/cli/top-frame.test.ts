/** What `top` draws, and what its keys do, without a terminal. */
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { frameLines, share } from "../../src/cli/top/frame.js";
import { linesOf } from "../../src/cli/top/log-page.js";
import { firstView, type Page, press, type View, withSnapshot } from "../../src/cli/top/view.js";
import { resolveConfig } from "../../src/config/config.js";
import type { ResolvedJob } from "../../src/core/job/job.js";
import type { JobState } from "../../src/core/job/state.js";
import { flatten, type Job } from "../../src/queue/jobs/job.js";
import type { Snapshot } from "../../src/queue/snapshot/snapshot.js";
import { Throughput } from "../../src/queue/snapshot/throughput.js";
import { someJob } from "../support/job.js";

const NOW = Date.UTC(2030, 0, 1);

function job(id: string, state: JobState, fields: Partial<ResolvedJob> = {}): Job {
  const times = { runAt: NOW, createdAt: NOW, updatedAt: NOW - 5000, startedAt: NOW - 90_000, finishedAt: null };
  const ends = {
    exitCode: null,
    signal: null,
    lastError: null,
    workerId: "w.1",
    fence: 1,
    interruptions: 0,
    losses: 0,
  };
  const limits = { attempts: 1, maxRetries: 3, timeoutMs: 0, backoffBase: 2 };
  const what = { command: `run ${id}`, queue: "default", priority: 0, cwd: "/", env: {}, tags: [] };
  return flatten(someJob({ id, state, ...times, ...ends, ...limits, ...what, ...fields }));
}

function snapshot({ running = [], failures = [] }: Partial<Pick<Snapshot, "running" | "failures">> = {}): Snapshot {
  const jobs = {
    pending: 7,
    processing: running.length,
    completed: 1200,
    failed: 1,
    dead: 2,
    cancelled: 0,
    blocked: 0,
  };
  const worker = {
    pid: 4711,
    state: "busy",
    heartbeatAgeMs: 300,
    restarts: 0,
    uptimeMs: 1,
    slots: 1,
    program: null,
    queues: null,
    progress: [],
  } as const;
  return {
    status: {
      home: "/home/me/.queuectl",
      database: "/home/me/.queuectl/queuectl.db",
      exists: true,
      jobs: { ...jobs, total: 1210 },
      supervisor: { running: true, pid: 4700, uptimeMs: 65_000, state: "running" },
      pools: [{ name: "main", host: "here", pid: 4700, state: "running", uptimeMs: 65_000, workers: 1, program: null }],
      workers: [{ id: "w.1", pool: "main", host: "here", jobs: running.map(({ id }) => id), ...worker }],
      config: resolveConfig({}),
      oldestDue: null,
      deadLetters: 0,
      pausedQueues: [],
      limitedQueues: [],
      schedules: { total: 0, paused: 0, next: null },
      now: NOW,
    },
    running,
    failures,
    last10s: { completed: 123, failed: 4 },
    last60s: { completed: 20, failed: 5 },
  };
}

const BUSY = snapshot({
  running: [job("one", "processing"), job("two", "processing", { command: ["printf", "日本語 🎉".repeat(30)] })],
  failures: [job("bad", "failed", { lastError: "exited\nwith \x1b[2Jcode 1", runAt: NOW + 4000 }), job("gone", "dead")],
});

const draw = (view: View, columns: number, rows: number) =>
  frameLines(view, { columns, rows, widthOf: (text) => stringWidth(text) });

const many = (count: number, state: JobState) => Array.from({ length: count }, (_, i) => job(`${state}${i}`, state));
const press1 = (view: View, ...keys: string[]) => keys.reduce((now, key) => press(now, key, 24).view, view);

describe("a frame", () => {
  it("tells how the queue is doing", () => {
    expect(draw(firstView(BUSY), 100, 16)).toEqual([
      "queuectl top   /home/me/.queuectl   supervisor 4700 running, up 1m 5s",
      "7 pending   2 processing   1200 completed   1 failed   2 dead   0 cancelled",
      "10 s: 12 completed/s, 4 failed   1 min: 20 completed/min, 5 failed",
      "",
      "2 RUNNING  FOR     ATTEMPT  PID   COMMAND",
      `> one      1m 30s  1/3      4711  run one${" ".repeat(59)}`,
      expect.stringMatching(/^ {2}two {6}1m 30s {2}1\/3 {6}4711 {2}printf '日本語 🎉日.*…$/),
      "",
      "3 FAILED OR DEAD  STATE   SINCE  ATTEMPT  NEXT     ERROR                     COMMAND",
      "  bad             failed  5.0s   1/3      in 4.0s  exited\\nwith \\e[2Jcode 1  run bad",
      expect.stringMatching(/^ {2}gone {12}dead/),
      "",
      "1 WORKER  PID   STATE  HEARTBEAT  JOB",
      "  w.1     4711  busy   0.3s ago   one two",
      "",
      "up/down select  l log  c cancel  r retry  ? help  q quit",
    ]);
  });

  const pages: Page[] = [
    { kind: "jobs" },
    { kind: "help" },
    { kind: "sure", id: "one" },
    { kind: "log", id: "one", title: "Job one", lines: ["x".repeat(300), "日本語".repeat(90)], up: 0 },
  ];
  const crowd = snapshot({ running: many(40, "processing"), failures: many(30, "dead") });

  it.each(pages.map((page) => [page.kind, page] as const))("of %s fits, however small the terminal", (_, page) => {
    for (const shown of [BUSY, crowd, snapshot()])
      for (const [columns, rows] of [
        [200, 50],
        [80, 24],
        [81, 9],
        [20, 5],
        [3, 2],
        [1, 1],
      ] as const) {
        const lines = draw({ ...firstView(shown), page, note: "noted" }, columns, rows);
        expect(lines).toHaveLength(rows);
        for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
        expect(lines.join("")).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      }
  });

  it("keeps the selected job in view", () => {
    let view = firstView(crowd);
    for (let i = 0; i < 70; i++) {
      expect(draw(view, 80, 24).filter((line) => line.startsWith("> "))).toEqual([
        expect.stringContaining(`> ${view.selected} `),
      ]);
      view = press1(view, "down");
    }
    expect(view.selected).toBe("dead29");
  });

  it("without a terminal is as long and wide as it needs to be, and selects nothing", () => {
    const long = snapshot({
      running: [job("one", "processing", { command: "x".repeat(500) })],
      failures: many(50, "dead"),
    });
    const text = draw(firstView(long), Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY).join("\n");
    expect(text).toContain("x".repeat(500));
    expect(text).toContain("dead49");
    expect(text).not.toMatch(/^>|q quit/m);
  });

  it("shares the room", () => {
    expect(share([1, 1, 1], 9)).toEqual([1, 1, 1]);
    expect(share([9, 9, 9], 9)).toEqual([3, 3, 3]);
    expect(share([9, 1, 2], 7)).toEqual([4, 1, 2]);
    expect(share([9, 9, 9], -3)).toEqual([0, 0, 0]);
  });

  it("shows what a job says of its progress, as much as there is room for", () => {
    const progress = { progress: 40, progressMessage: "copying the second half" };
    const running = [job("a", "processing", progress), job("b", "processing", { progress: 7.5 })];
    const text = draw(firstView(snapshot({ running })), 100, 16).join("\n");
    expect(text).toMatch(/ a +1m 30s +40% copying the second … /);
    expect(text).toMatch(/ b +1m 30s +7.5% /);
  });
});

describe("keys", () => {
  const view = firstView(BUSY);
  const ask = (now: View, key: string) => press(now, key, 24).request;

  it("select, and stay with the job", () => {
    expect(["down", "j", "up", "k"].map((_, i, keys) => press1(view, ...keys.slice(0, i + 1)).selected)).toEqual([
      ...["two", "bad", "two", "one"],
    ]);
    expect(press1(view, "up").selected).toBe("one");
    expect(press1(view, "down", "down", "down", "down").selected).toBe("gone");
    const later = snapshot({ running: [job("new", "processing"), job("two", "processing")] });
    expect(withSnapshot(press1(view, "down"), later).selected).toBe("two");
    expect(withSnapshot(press1(view, "down", "down", "down"), later).selected).toBe("two");
    expect(withSnapshot(view, snapshot()).selected).toBeNull();
  });

  it("cancel only what can be, and only after a yes", () => {
    const sure = press1(view, "c");
    expect(draw(sure, 80, 24).at(-1)).toBe("Cancel job one? (y/n)");
    expect(ask(sure, "y")).toEqual({ kind: "cancel", id: "one" });
    for (const key of ["n", "escape", "q", "return"]) {
      expect(ask(sure, key)).toBeUndefined();
      expect(press1(sure, key).page.kind).toBe("jobs");
    }
    const dead = press1(view, "down", "down", "down", "c");
    expect(draw(dead, 80, 24).at(-1)).toBe("job gone is dead and cannot be cancelled");
  });

  it("ask for a log, a retry, help and the end", () => {
    expect(ask(view, "l")).toEqual({ kind: "log", id: "one" });
    expect(ask(view, "return")).toEqual({ kind: "log", id: "one" });
    expect(ask(view, "r")).toEqual({ kind: "retry", id: "one" });
    expect(ask(view, "q")).toEqual({ kind: "quit" });
    expect(draw(press1(view, "?"), 80, 24)).toContainEqual(expect.stringContaining("select a job"));
    expect(press1(view, "?", "x").page.kind).toBe("jobs");
    for (const key of ["c", "r", "l", "up", "x"]) expect(ask(firstView(snapshot()), key)).toBeUndefined();
  });

  it("scroll a log", () => {
    const lines = Array.from({ length: 100 }, (_, i) => `line ${i + 1}`);
    const open: View = { ...view, page: { kind: "log", id: "one", title: "Job one", lines, up: 0 } };
    const shown = (...keys: string[]) => draw(press1(open, ...keys), 80, 24).slice(0, 23);
    expect(shown()).toEqual(["Job one", ...lines.slice(-22)]);
    expect(shown("up", "up", "down")).toEqual(["Job one", ...lines.slice(-23, -1)]);
    expect(shown("pageup")[1]).toBe("line 58");
    expect(shown("g")).toEqual(["Job one", ...lines.slice(0, 22)]);
    expect(shown("g", "G")).toEqual(shown());
    expect(press1(open, "escape").page.kind).toBe("jobs");
    expect(ask(open, "q")).toBeUndefined();
  });

  it("a log is drawn line by line, whatever it holds", () => {
    expect(linesOf({ stdout: "a\tb\n\x1b[31mred\x1b[0m\r\n1%\r50%\rdone\n\x07", stderr: "", absence: null })).toEqual([
      ...["a    b", "red", "done", "\\x07"],
    ]);
    expect(linesOf({ stdout: "", stderr: "oops\n", absence: null })).toEqual(["--- stderr ---", "oops"]);
    expect(linesOf({ stdout: "", stderr: "", absence: null })).toEqual([]);
  });
});

describe("throughput", () => {
  it("counts each end once, within its time", () => {
    const throughput = new Throughput();
    const open = { outcome: null, finishedAt: null };
    throughput.learn(
      [
        { fence: 3, ...open },
        { fence: 5, outcome: "succeeded", finishedAt: 1000 },
      ],
      2000,
    );
    expect(throughput.question).toEqual({ running: [3], newest: 5 });
    expect(throughput.within(10_000, 2000)).toEqual({ completed: 1, failed: 0 });
    throughput.learn(
      [
        { fence: 3, outcome: "timed-out", finishedAt: 30_000 },
        { fence: 6, outcome: "cancelled", finishedAt: 30_000 },
      ],
      31_000,
    );
    expect(throughput.question).toEqual({ running: [], newest: 6 });
    expect(throughput.within(10_000, 31_000)).toEqual({ completed: 0, failed: 1 });
    expect(throughput.within(60_000, 31_000)).toEqual({ completed: 1, failed: 1 });
    throughput.learn([], 62_000);
    expect(throughput.within(60_000, 62_000)).toEqual({ completed: 0, failed: 1 });
  });
});
