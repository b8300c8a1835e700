/** Where there is no queue yet, a command that is refused makes none. */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cli } from "../support/cli.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli("this process");
});
afterEach(() => cli.dispose());

const REFUSED: [number, string[]][] = [
  [2, ["enqueue", '{"command":']],
  [2, ["enqueue", '{"command":"x","colour":1}']],
  [2, ["enqueue", '{"command":"x","priority":"high"}']],
  [2, ["enqueue", "x", "--timeout", "soon"]],
  [2, ["enqueue", "x", "--id", "a b"]],
  [3, ["enqueue", "x", "--after", "nope"]],
  [3, ["enqueue", "x", "--policy", "nope"]],
  [2, ["run", "--priority", "high", "--command", "x"]],
  [3, ["run", "--after", "nope", "--", "x"]],
  [2, ["config", "set", "max-retries", "0"]],
  [2, ["config", "set", "colour", "red"]],
  [2, ["policy", "set", "p"]],
  [2, ["policy", "set", "p", "--max-retries", "0"]],
  [2, ["queue", "set", "mail"]],
  [2, ["queue", "set", "mail", "--rate", "often"]],
  [2, ["queue", "set", "mail", "--webhook-url", "nowhere"]],
  [2, ["queue", "pause", "a b"]],
  [2, ["schedule", "add", "s", "--cron", "often", "--", "x"]],
  [2, ["schedule", "add", "s", "--", "x"]],
  [2, ["worker", "start", "--count", "0"]],
  [78, ["enqueue", "x", "--db", "postgres://user@host/name"]],
  [78, ["enqueue", "x", "--db", "."]],
  [78, ["enqueue", "x", "--db", "/etc/passwd/x.db"]],
  [78, ["worker", "start", "--drain", "--db", "postgres://user@host/name"]],
  [78, ["worker", "start", "--detach", "--db", "/tmp"]],
];

describe("a refused command makes no home", () => {
  it.each(REFUSED)("%i: %j", async (code, words) => {
    const before = readdirSync(cli.folder);
    await cli.fails(code, words);
    expect(existsSync(cli.home)).toBe(false);
    expect(readdirSync(cli.folder)).toEqual(before);
  });

  it("nor for a file with a wrong line", async () => {
    writeFileSync(join(cli.folder, "jobs.ndjson"), '{"command":"x"}\n{"command":1}\n');
    expect(await cli.fails(2, ["enqueue", "@jobs.ndjson"])).toMatch(/line 2/);
    await cli.fails(2, ["enqueue", "--file", "missing.json"]);
    expect(existsSync(cli.home)).toBe(false);
  });

  it.each<[number, string, string, RegExp]>([
    [2, "bad JSON", '{"command":"x"}\n{"command"', /line 2: the JSON that begins here does not end/],
    [2, "a bad value", '{"command":1}', /line 1: "command" is 1/],
    [3, "a parent that is not there", '{"command":"x","after":"nope"}', /line 1: no job has the id "nope"/],
    [
      6,
      "an id that occurs twice",
      '{"id":"a","command":"x"}\n{"id":"a","command":"y"}',
      /line 2: the id a occurs twice/,
    ],
  ])("nor for %i, %s, in a file or through a pipe", async (code, _, text, says) => {
    writeFileSync(join(cli.folder, "jobs.ndjson"), text);
    expect(await cli.fails(code, ["enqueue", "@jobs.ndjson"])).toMatch(says);
    expect(await cli.fails(code, ["enqueue", "-f", "-"], { input: text })).toMatch(says);
    expect(existsSync(cli.home)).toBe(false);
  });

  it.each([["QUEUECTL_JOB_TIMEOUT"], ["QUEUECTL_WORKER_COUNT"], ["QUEUECTL_LOG_LEVEL"]])(
    "nor for a %s that cannot be used: 78",
    async (name) => {
      const env = { [name]: "loud" };
      for (const mode of ["--once", "--drain", "--detach"])
        expect(await cli.fails(78, ["worker", "start", mode], { env })).toContain(`${name} is "loud"`);
      expect(existsSync(cli.home)).toBe(false);
    },
  );
});

it("a configuration that cannot be used stops a command before it has changed anything", async () => {
  const env = { QUEUECTL_JOB_TIMEOUT: "soon" };
  const calls = [
    ["enqueue", "x", "--json"],
    ["run", "--", "true"],
    ["schedule", "run", "s", "--json"],
  ];
  for (const words of calls.slice(0, 2)) expect((await cli.run(words, { env })).code).toBe(78);
  expect(existsSync(cli.home)).toBe(false);
  await cli.ok("schedule", "add", "s", "--cron", "@daily", "--", "x");
  for (const words of calls) expect((await cli.run(words, { env })).code).toBe(78);
  expect(await cli.ids()).toEqual([]);
});

it("what comes through a pipe is enqueued whole", async () => {
  const lines = Array.from({ length: 5000 }, (_, n) => JSON.stringify({ id: `j${n}`, command: "x".repeat(100) }));
  const { code, stdout } = await cli.run(["enqueue", "-f", "-"], { input: lines.join("\n") });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "Enqueued 5000 jobs\n" });
  expect(await cli.ids()).toHaveLength(5000);
});

it("makes it for what is right, with that only", async () => {
  writeFileSync(join(cli.folder, "jobs.ndjson"), '{"id":"a","command":"x"}\n{"id":"b","command":"x"}\n');
  expect(await cli.ok("enqueue", "@jobs.ndjson")).toBe("Enqueued 2 jobs\n");
  expect(await cli.ids()).toEqual(["a", "b"]);
});

it.each([
  [["enqueue", "--id", "a", "x"], "Enqueued job a\n"],
  [["queue", "set", "mail", "--max-length", "3"], "Queue mail: 3 waiting\n"],
  [["policy", "set", "p", "--max-retries", "5"], "Policy p: "],
])("does what is right once: %j", async (words, says) => {
  expect(await cli.ok(...words)).toContain(says.trimEnd());
});
