/** Every command that prints text of jobs, with texts that try to steer a terminal, forge a line or hide. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Cli } from "../support/cli.js";

/** Hidden characters, but for the ends of lines and tabs. */
const HIDDEN = /(?!\r?\n|\t|(?<=\r)\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u2060\ufeff]|\ufffd/u;

const ANYWHERE: readonly (readonly string[])[] = [
  ["list"],
  ["list", "--columns", "id,command,last_error,cwd,env,unique,progress_message,result"],
  ["show", "waits"],
  ["show", "ran"],
  ["show", "off"],
  ["explain", "ran"],
  ["explain", "waits"],
  ["explain", "off"],
  ["dlq", "list"],
  ["status"],
  ["top"],
  ["wait", "ran"],
  ["wait", "waits", "--timeout", "0"],
  ["schedule", "list"],
  ["schedule", "show", "often"],
  ["queue", "show", "etl"],
  ["queue", "list"],
  ["logs", "-f", "off"],
  ["__complete", "show", ""],
  ["doctor"],
];

/** They take it as an argument and refuse it. */
const REFUSING: readonly ((text: string) => readonly string[])[] = [
  (text) => ["show", text],
  (text) => ["enqueue", "--id", text, "--command", "true"],
  (text) => ["enqueue", "--queue", text, "--command", "true"],
  (text) => ["enqueue", "--tag", text, "--command", "true"],
  (text) => ["enqueue", `{"command":"true","${text}":1}`],
  (text) => ["list", "--where", text],
  (text) => ["list", "--columns", text],
  (text) => ["list", "--state", text],
  (text) => ["config", "set", text, "1"],
  (text) => ["config", "set", "max-retries", text],
  (text) => ["schedule", "add", text, "--cron", "* * * * *", "--", "true"],
  (text) => ["schedule", "add", "x", "--cron", text, "--", "true"],
  (text) => ["schedule", "add", "x", "--cron", "@daily", "--tz", text, "--", "true"],
  (text) => ["policy", "show", text],
  (text) => ["webhook", "test", "--url", text],
  (text) => [text],
  (text) => ["list", `--${text}`],
  (text) => ["list", text],
];

/** A forged line would begin with this word. */
const text = fc
  .string({ unit: fc.constantFrom(..."a é-\"'\\\x1b\x07\x7f\u009b\u202e\u2066\u200b\u2028\r\t"), maxLength: 12 })
  .map((hidden) => `=${hidden}\x1b[2J\r\nFORGED\u009b1m\u202e`);

async function fill(cli: Cli, foreign: string): Promise<void> {
  const job = {
    command: foreign,
    cwd: `/${foreign}`,
    env: { A: foreign },
    unique: foreign,
    limit_key: foreign,
    limit: 1,
  };
  const hooks = { on_dead: foreign, on_failed: ["x", foreign] };
  await cli.ok("enqueue", JSON.stringify({ ...job, ...hooks, id: "waits", run_at: "2099-01-01T00:00:00Z" }));
  await cli.ok("enqueue", JSON.stringify({ command: foreign, id: "ran", max_retries: 1 }));
  const fence = await cli.claim("ran");
  const outcome = { kind: "failed", exitCode: 1, message: foreign, resultJson: JSON.stringify(foreign) } as const;
  await cli.settle("ran", fence, outcome, { stdout: foreign, stderr: foreign });
  await cli.ok("enqueue", "--id", "off", "--command", "true");
  await cli.ok("cancel", "off", "--reason", foreign);
  await cli.ok("queue", "set", "etl", "--on-dead", foreign);
  await cli.ok("schedule", "add", "often", "--cron", "@daily", "--env", `A=${foreign}`, "--command", foreign);
}

async function check(cli: Cli, foreign: string): Promise<void> {
  await fill(cli, foreign);
  for (const words of [...ANYWHERE, ...REFUSING.map((form) => form(foreign))]) {
    const { stdout, stderr } = await cli.run(words);
    const printed = `${stdout}${stderr}`;
    expect(printed, words.join(" ")).not.toMatch(HIDDEN);
    // The output of a job has lines of its own.
    const lines = words[0] === "show" ? printed.replace(/--- std.*/s, "") : printed;
    expect(lines, words.join(" ")).not.toMatch(/^FORGED/m);
    const json = await cli.run([...words, "--json"]);
    expect(json.stdout, `${words.join(" ")} --json`).not.toMatch(HIDDEN);
  }
  const csv = await cli.ok("list", "--format", "csv");
  expect(csv).not.toMatch(HIDDEN);
  expect(csv).not.toMatch(/(^|,)"?=/m);
  expect(await cli.json("show", "waits")).toMatchObject({ command: foreign, env: { A: foreign } });
  expect(await cli.json("show", "ran")).toMatchObject({ stdout: foreign, stderr: foreign });
}

it("nothing that a command prints is hidden or forged", async () => {
  const checked = fc.asyncProperty(text, async (foreign) => {
    const cli = new Cli("this process");
    await check(cli, foreign).finally(() => cli.dispose());
  });
  await fc.assert(checked, { numRuns: 4, endOnFailure: true });
});
