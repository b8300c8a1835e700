/** Tests that run commands in their own process say something about the built program only if both do the same. */
import { afterAll, describe, expect, it } from "vitest";
import { COMMAND_PATHS } from "../../src/cli/registry.js";
import { Cli } from "../support/cli.js";

/** They start processes, need a terminal, are called by others or need the bundler; their tests run the built program. */
const APART = ["run", "worker start", "worker restart", "worker logs", "top", "webhook deliver", "completion"];

const HOME_OF_NO_USE = ["--home", "/dev/null/nowhere"];

const LINES: readonly (readonly string[])[] = [
  ["--version"],
  ["enqueue", "--id", "a", "--command", "true"],
  ["enqueue", "--id", "a", "--command", "true"],
  ["enqueue", "--id", "b", "--after", "a", "--json", "--", "printf", "%s", "ü"],
  ["enqueue", '{"command":5}'],
  ["list"],
  ["list", "--where", "state=", "--json"],
  ["show", "a"],
  ["show", "nothing"],
  ["logs", "a"],
  ["explain", "b"],
  ["wait", "a", "--timeout", "0"],
  ["edit", "a", "--set", "priority=5"],
  ["progress", "40"],
  ["cancel", "a", "b"],
  ["retry", "a"],
  ["dlq", "list"],
  ["dlq", "retry", "a"],
  ["dlq", "purge", "-y"],
  ["jobs", "delete", "a"],
  ["prune", "--dry-run", "--json"],
  ["queue", "set", "etl", "--concurrency", "2"],
  ["queue", "pause", "etl"],
  ["queue", "resume", "etl"],
  ["queue", "list"],
  ["queue", "show", "etl"],
  ["queue", "rm", "etl"],
  ["policy", "set", "api", "--max-retries", "5"],
  ["policy", "list"],
  ["policy", "show", "api"],
  ["policy", "remove", "api"],
  ["schedule", "add", "night", "--cron", "30 2 * * *", "--tz", "UTC", "--", "true"],
  ["schedule", "edit", "night", "--cron", "0 4 * * *"],
  ["schedule", "list"],
  ["schedule", "show", "night"],
  ["schedule", "next", "night"],
  ["schedule", "pause", "night"],
  ["schedule", "resume", "night"],
  ["schedule", "run", "night", "--json"],
  ["schedule", "remove", "night"],
  ["config", "set", "max-retries", "4"],
  ["config", "get", "max-retries"],
  ["config", "list"],
  ["config", "unset", "max-retries"],
  ["webhook", "test", "--url", "nothing"],
  ["worker", "list"],
  ["worker", "scale", "2"],
  ["worker", "stop"],
  ["status"],
  ["status", "--json"],
  ["doctor", "--json"],
  ["db", "migrate"],
  ["db", "status", "--json"],
  ["help", "enqueue"],
  ["lst"],
  ["list", ...HOME_OF_NO_USE, "--json"],
];

describe("a command in the test's process", () => {
  const [built, inProcess] = [new Cli(), new Cli("this process")];
  afterAll(async () => {
    await built.dispose();
    await inProcess.dispose();
  });

  it.each(LINES.map((words) => [words.join(" "), words] as const))(
    "ends as the built program: %s",
    async (_, words) => {
      const [expected, actual] = [await built.run(words), await inProcess.run(words)];
      expect(steady(actual, inProcess.folder)).toEqual(steady(expected, built.folder));
      expect(`${actual.stdout}${actual.stderr}`).not.toBe("");
    },
  );

  it("is compared for each command", () => {
    const compared = COMMAND_PATHS.filter((path) =>
      LINES.some((words) => `${words.join(" ")} `.startsWith(`${path} `)),
    );
    expect(COMMAND_PATHS.filter((path) => !compared.includes(path)).sort()).toEqual([...APART].sort());
  });
});

/** Without what differs between two homes and two moments. */
function steady(result: object, folder: string): string {
  return (
    JSON.stringify(result, null, 1)
      .replaceAll(folder, "FOLDER")
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*Z?/g, "TIME")
      .replace(/\b\d+(\.\d+)?( ms|ms| s|s|h|m)\b/g, "DURATION")
      // A second later a table says how long ago it was, and its columns are wider.
      .replace(/\bnow\b|DURATION ago/g, "AGE")
      .replace(/ {2,}/g, "  ")
      .replace(/\b[a-z0-9]{12}\b/g, "ID")
      .replace(/_ms\\":\d+/g, "_ms:DURATION")
      .replace(/\b\d{5,}\b/g, "NUMBER")
  );
}
