import { afterEach, beforeEach, expect, it } from "vitest";
import { Cli } from "../support/cli.js";

let cli: Cli;
beforeEach(() => {
  cli = new Cli();
});
afterEach(() => cli.dispose());

const WITHOUT_ID = `node -e 'const { id, ...job } = JSON.parse(require("fs").readFileSync(0)); console.log(JSON.stringify(job))'`;
it.each<[string, string[]]>([
  ["a plain job", ["--command", "echo 'it''s'"]],
  [
    "one that says much, without a shell",
    [
      ...["--timeout", "1500ms", "--deadline", "2h", "--backoff-max", "90", "--retry-on", "1,7", "--memory", "64M"],
      ...["--unique", "u", "--limit-key", "disk", "--limit", "2"],
      ...["--on-dead", "echo oh", "--webhook-url", "https://h/x"],
      ...["--env", "A=1", "--tag", "t", "--priority", "-3", "--", "printf", "%s\\n", "a b"],
    ],
  ],
])("show --json of %s goes back into enqueue", async (_, flags) => {
  await cli.ok("enqueue", "--id", "a", ...flags);
  await cli.shell(`$QUEUECTL show a --json > a.json && $QUEUECTL jobs delete a -y`);
  const { code, stdout, stderr } = await cli.shell(`cat a.json | ${WITHOUT_ID} | $QUEUECTL enqueue -f - -q`);
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /^Ignored, since the queue decides it: state, attempts, created_at, updated_at(, deadline_at)?\n$/,
  );
  const printed = JSON.parse((await cli.shell("cat a.json")).stdout);
  const chosen = { id: null, created_at: null, updated_at: null, deadline_at: null };
  expect({ ...(await cli.json("show", stdout.trim())), ...chosen }).toEqual({ ...printed, ...chosen });
});

it("takes back a job that ended, says once what it ignores, and refuses a key that is misspelt", async () => {
  await cli.ended("a", { kind: "failed", exitCode: 3 }, { stdout: "out" });
  await cli.ended("b", { kind: "succeeded" });
  const { code, stdout, stderr } = await cli.shell(
    `{ $QUEUECTL show a --json | ${WITHOUT_ID}; $QUEUECTL show b --json | ${WITHOUT_ID}; } | $QUEUECTL enqueue -f -`,
  );
  expect({ code, stdout }).toEqual({ code: 0, stdout: "Enqueued 2 jobs\n" });
  expect(stderr).toMatch(/^Ignored, since the queue decides it: (\w+, )*history, stdout[^\n]*\n$/);
  expect(await cli.json("list", "--state", "pending")).toMatchObject([
    { command: "run a", attempts: 0, exit_code: null, max_retries: 1 },
    { command: "run b", attempts: 0 },
  ]);
  expect(await cli.fails(2, ["enqueue", '{"command":"x","stat":"dead","timeuot":5}'])).toMatch(
    /^a job has no key "stat"/,
  );
  expect(await cli.fails(6, ["enqueue", '{"id":"a","command":"x","state":"dead"}'])).toMatch(/^job a already exists/);
});
