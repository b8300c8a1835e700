/** No table is wider than a terminal of 40 columns or more, whatever its rows hold. */
import fc from "fast-check";
import stringWidth from "string-width";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dlqColumns } from "../../src/cli/commands/dlq/list.js";
import { policyColumns } from "../../src/cli/commands/policy/list.js";
import { queueColumns } from "../../src/cli/commands/queue/list.js";
import { attemptColumns } from "../../src/cli/render/job.js";
import { chosenColumns, JOB_COLUMNS, usualColumns } from "../../src/cli/render/job-columns.js";
import { policyFacts } from "../../src/cli/render/policy.js";
import { scheduleColumns, tickColumns } from "../../src/cli/render/schedule.js";
import { settingColumns } from "../../src/cli/render/settings.js";
import { WORKER_COLUMNS } from "../../src/cli/render/status.js";
import { fitWidths } from "../../src/cli/terminal/fit.js";
import { type Column, renderTable } from "../../src/cli/terminal/table.js";
import { nameColumn, wrapText } from "../../src/cli/terminal/wrap.js";
import { resolveConfig, SETTING_KEYS } from "../../src/config/config.js";
import { STATES } from "../../src/core/job/state.js";
import type { NamedPolicy } from "../../src/core/retry/policy.js";
import { Client } from "../../src/queue/client.js";
import type { Attempt, Job } from "../../src/queue/jobs/job.js";
import type { QueueRecord } from "../../src/queue/queues.js";
import type { Schedule } from "../../src/queue/schedules.js";
import type { WorkerStatus } from "../../src/queue/status.js";
import { Cli } from "../support/cli.js";
import { PROGRAM } from "../support/program.js";
import { hasTerminals, Terminal } from "../support/terminal.js";

const WIDTHS = [40, 60, 80, 120];
const NOW = Date.UTC(2030, 0, 1);

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

/** Plain, wide, combined and dangerous characters, and long words. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", " ", "日", "é", "e\u0301", "👨‍👩‍👧", "\n", "\x1b", "ｱ", "-"), maxLength: 90 }),
  fc.constantFrom("", "x", "y".repeat(128)),
);
const time = fc.integer({ min: NOW - 1e11, max: NOW + 1e11 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const count = fc.oneof(fc.nat(3), fc.nat(1_000_000_000));

const attempt = fc.record({
  attempt: count,
  outcome: fc.constantFrom("succeeded" as const, "interrupted" as const, null),
  exitCode: maybe(fc.nat(255)),
  signal: maybe(fc.constantFrom("SIGKILL")),
  error: maybe(text),
  startedAt: time,
  finishedAt: maybe(time),
  pid: maybe(count),
}) as fc.Arbitrary<Pick<Attempt, "attempt">> as fc.Arbitrary<Attempt>;

const worker: fc.Arbitrary<WorkerStatus> = fc.record({
  id: text,
  pool: text,
  host: text,
  pid: count,
  state: fc.constantFrom("starting" as const, "draining" as const, "busy" as const),
  jobs: fc.array(text, { maxLength: 3 }),
  slots: count,
  program: fc.constant(null),
  queues: maybe(fc.array(text, { maxLength: 3 })),
  progress: fc.constant([]),
  heartbeatAgeMs: count,
  restarts: count,
  uptimeMs: count,
});

const queue = fc.record({
  name: text,
  paused: fc.boolean(),
  jobs: fc.record(Object.fromEntries(STATES.map((state) => [state, count]))),
  limits: fc.constant({ concurrency: 5, rate: null, maxLength: 1_000_000 }),
  oldestDueAt: maybe(time),
}) as fc.Arbitrary<Pick<QueueRecord, "name">> as fc.Arbitrary<QueueRecord>;

const tick = fc.record({
  at: time,
  outcome: fc.constantFrom("fired" as const, "skipped" as const),
  job: maybe(text),
  note: maybe(text),
});

async function widest<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): Promise<number> {
  const lines = (await renderTable(columns, rows, width)).split("\n");
  expect(lines).toHaveLength(rows.length + 1);
  return Math.max(...lines.map((line) => stringWidth(line)));
}

function fits<Row>(columns: (now: number) => readonly Column<Row>[], row: fc.Arbitrary<Row>): Promise<void> {
  const property = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
    for (const width of WIDTHS) expect(await widest(columns(NOW), rows, width)).toBeLessThanOrEqual(width);
  });
  return fc.assert(property, { numRuns: 40 });
}

/** Jobs as users make them: the store and the client make the rest of their keys. */
async function jobs(): Promise<Job[]> {
  const client = await Client.open({ home: cli.home });
  try {
    for (const [i, command] of fc.sample(text, 40).entries()) {
      const tags = i % 2 === 0 ? ["nightly", "weekly"] : [];
      const id = i % 3 === 0 ? { id: "long-".repeat(i % 24) + i } : {};
      await client.jobs.enqueue({
        ...id,
        command: `x${command}`,
        tags,
        queue: i % 4 === 0 ? "q".repeat(100) : "default",
        cwd: "/",
      });
    }
    const made = await client.jobs.list();
    return made.map((job, i) => ({
      ...job,
      state: STATES[i % STATES.length] ?? job.state,
      lastError: job.command.toString(),
      durationMs: i * 12_345,
    }));
  } finally {
    await client.close();
  }
}

describe("a table", () => {
  it("of jobs fits, with the usual columns, with all, and in the dead-letter queue", async () => {
    const rows = await jobs();
    for (const width of WIDTHS) {
      for (const columns of [usualColumns(NOW), chosenColumns(JOB_COLUMNS, NOW), dlqColumns(NOW)])
        expect(await widest(columns, rows, width)).toBeLessThanOrEqual(width);
      expect(await renderTable(usualColumns(NOW), rows, width)).toMatch(/^ID +STATE .*COMMAND$/m);
    }
  });

  it("of attempts fits", () => fits(attemptColumns, attempt));
  it("of workers fits", () => fits(() => WORKER_COLUMNS, worker));
  it("of queues fits", () => fits(queueColumns, queue));
  it("of a schedule's times fits", () => fits(() => tickColumns("Europe/Berlin"), tick));
  it("of schedules fits", () => {
    const schedule = fc.record({
      name: text,
      cron: text,
      zone: text,
      paused: fc.boolean(),
      nextAt: maybe(time),
      lastJob: maybe(text),
      job: fc.record({ command: text }),
    });
    return fits(
      (now) => scheduleColumns(now, () => "completed"),
      schedule as fc.Arbitrary<unknown> as fc.Arbitrary<Schedule>,
    );
  });

  it("of settings fits, with and without their origins", async () => {
    const config = resolveConfig({ env: { QUEUECTL_RETENTION: "123456789s" } });
    for (const withOrigin of [false, true]) {
      const columns = settingColumns(config, { withOrigin });
      for (const width of WIDTHS) expect(await widest(columns, SETTING_KEYS, width)).toBeLessThanOrEqual(width);
    }
  });

  it("of policies fits, however many of their values are set", () => {
    const codes = fc.array(fc.integer({ min: 1, max: 255 }), { maxLength: 40 });
    const policy: fc.Arbitrary<NamedPolicy> = fc.record(
      {
        maxRetries: count,
        backoff: fc.constantFrom("exponential", "fixed"),
        backoffBase: count,
        backoffMaxMs: count,
        jitter: fc.double({ min: 0, max: 1, noNaN: true }),
        retryOn: codes,
        noRetryOn: codes,
        snoozeOn: codes,
        snoozeDelayMs: count,
        timeoutMs: count,
        deadlineMs: count,
      },
      { requiredKeys: [] },
    );
    const row = fc.record({ name: text, facts: policy.map(policyFacts) });
    const property = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
      for (const width of WIDTHS) expect(await widest(policyColumns(rows), rows, width)).toBeLessThanOrEqual(width);
    });
    return fc.assert(property, { numRuns: 40 });
  });

  it("off a terminal is whole", async () => {
    const rows = await jobs();
    const text = await renderTable(usualColumns(NOW), rows, Number.POSITIVE_INFINITY);
    expect(text).not.toContain("…");
    for (const { id } of rows) expect(text).toContain(id);
  });

  it.runIf(hasTerminals)("fits the terminal that it is printed to", async () => {
    await cli.ok("enqueue", "--id", "a", "--command", `echo ${"日".repeat(100)}`);
    const line = `stty cols 40; exec ${process.execPath} ${PROGRAM} list --home ${cli.home}`;
    const terminal = new Terminal(["sh", "-c", line]);
    expect(await terminal.ended).toBe(0);
    expect(Math.max(...terminal.lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(40);
    expect(terminal.lines.join("\n")).toContain("…");
  });
});

describe("columns", () => {
  const sized = (wanted: number, importance?: number) => ({ wanted, ...(importance !== undefined && { importance }) });

  it("have the width that they want where there is room", () => {
    expect(fitWidths([sized(12), sized(30)], 44, 2)).toEqual([12, 30]);
  });

  it("are cut, the widest first", () => {
    expect(fitWidths([sized(12), sized(60), sized(30)], 80, 2)).toEqual([12, 34, 30]);
    expect(fitWidths([sized(12), sized(60), sized(50)], 80, 2)).toEqual([12, 32, 32]);
  });

  it("are left out by importance, of equals the right one", () => {
    expect(fitWidths([{ ...sized(12, 9), least: 12 }, sized(10, 1), sized(30, 5)], 24, 2)).toEqual([12, 0, 10]);
    expect(fitWidths([sized(10), sized(10), sized(10)], 22, 2)).toEqual([10, 10, 0]);
  });
});

describe("help", () => {
  it("breaks between words, and puts a description below a long name", () => {
    expect(wrapText("one two three\nfour", 8)).toBe("one two\nthree\nfour");
    expect(
      nameColumn(
        [
          ["-a", "one two three"],
          ["--long-name", "four"],
        ],
        20,
      ),
    ).toEqual(["-a        one two\n          three", "--long-name\n          four"]);
    expect(nameColumn([["-a", "one two"]], Number.POSITIVE_INFINITY)).toEqual(["-a  one two"]);
  });
});

describe("list", () => {
  /** A job that completed, with a hook, which is a job too. */
  async function withHook(): Promise<void> {
    await cli.ok(
      "enqueue",
      "--id",
      "a",
      "--on-completed",
      "notify",
      "--unique",
      "u",
      "--policy",
      "p",
      "--command",
      "true",
    );
    await cli.settle("a", await cli.claim("a"), { kind: "succeeded" });
  }

  beforeEach(async () => {
    await cli.ok("policy", "set", "p", "--max-retries", "5");
  });

  it("keeps the jobs of hooks apart in a table, and says how to see them", async () => {
    await withHook();
    const all = await cli.run(["list", "--columns", "queue"]);
    expect(all).toEqual({
      code: 0,
      stdout: "QUEUE\ndefault\n",
      stderr: "1 job of hooks not shown; --queue _hooks shows them\n",
    });
    expect(await cli.ok("list", "--columns", "queue", "--queue", "_hooks")).toBe("QUEUE\n_hooks\n");
    expect(await cli.ok("list", "--columns", "queue", "--where", "queue~hooks")).toBe("QUEUE\n_hooks\n");
    expect((await cli.json<Job[]>("list")).map(({ queue }) => queue)).toEqual(["default", "_hooks"]);
  });

  it("knows schedule, limit key, unique key, policy and duration, as columns and in conditions", async () => {
    await withHook();
    await cli.ok("enqueue", "--id", "b", "--limit-key", "disk", "--limit", "1", "--command", "true");
    await cli.ok("schedule", "add", "night", "--cron", "0 0 1 1 *", "--command", "true");
    await cli.ok("schedule", "run", "night");
    const found = async (where: string) =>
      (await cli.ok("list", "--where", `queue=default and ${where}`, "--columns", "id,schedule", "--format", "csv"))
        .split("\n")
        .slice(1, -1);
    expect(await found("unique=u and policy=p")).toEqual(["a,"]);
    expect(await found("limit_key=disk")).toEqual(["b,"]);
    expect(await found("schedule=night")).toEqual([expect.stringMatching(/,night$/)]);
    expect(await found("duration>=0s")).toEqual(["a,"]);
    expect(await found("duration>1h")).toEqual([]);
    const columns = "limit_key,unique,policy,duration";
    expect(await cli.ok("list", "--where", "id=a", "--columns", columns, "--format", "csv")).toMatch(
      /^limit_key,unique,policy,duration_ms\n,u,p,\d+\n$/,
    );
    expect(await cli.ok("list", "--where", "id=a", "--columns", columns)).toMatch(
      /^LIMIT_KEY +UNIQUE +POLICY +DURATION\n +u +p +\S+s\n$/,
    );
  });
});
