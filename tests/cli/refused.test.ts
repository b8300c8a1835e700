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
