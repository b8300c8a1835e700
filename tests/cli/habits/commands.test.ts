/** What users of other queues type is taken, or answered with forms that can be typed. */
import { describe, expect, it } from "vitest";
import { argumentHint } from "../../../src/cli/habits/arguments.js";
import { COMMAND_HABITS } from "../../../src/cli/habits/commands.js";
import { FLAG_HABITS } from "../../../src/cli/habits/flags.js";
import { formsHint, type Habit } from "../../../src/cli/habits/habit.js";
import { readArguments } from "../../../src/cli/parse/arguments.js";
import { splitCall, withoutHabits } from "../../../src/cli/parse/call.js";
import { signatureOf } from "../../../src/cli/parse/signature.js";
import { COMMAND_PATHS, loadCommand } from "../../../src/cli/registry.js";
import { callsIn, checkCall } from "../../support/shell-calls.js";

const all = [...COMMAND_HABITS, ...Object.values(FLAG_HABITS).flatMap((of) => [...of])];
const forms = new Set(all.flatMap(([, habit]) => ("type" in habit ? habit.type.map(([, form]) => form) : [])));

/** The error of the words. */
function refusal(act: () => unknown): { message: string; hint?: string } {
  try {
    act();
  } catch (error) {
    return error as { message: string; hint?: string };
  }
  throw new Error("it was taken");
}

describe("a command called as elsewhere", () => {
  it.each([...COMMAND_HABITS].map(([typed, habit]) => [typed, habit] as const))("%s", async (typed, habit: Habit) => {
    expect(COMMAND_PATHS).not.toContain(typed);
    const words = typed.split(" ");
    if ("means" in habit) {
      expect(splitCall(words)).toEqual(splitCall(habit.means.split(" ")));
      expect(splitCall(["--json", ...words])).toEqual(splitCall(["--json", ...habit.means.split(" ")]));
      expect(withoutHabits(words).join(" ")).toBe(splitPath(habit.means));
    } else {
      expect(refusal(() => splitCall(words))).toMatchObject({
        message: `there is no command "${typed}"`,
        hint: formsHint(habit.type),
      });
    }
  });

  it("keeps the words and flags after it", () => {
    expect(splitCall(["--home", "/x", "rm", "a", "-y"])).toEqual(
      splitCall(["--home", "/x", "jobs", "delete", "a", "-y"]),
    );
    expect(splitCall(["jobs", "--state", "dead"])).toEqual({
      kind: "command",
      path: "list",
      rest: ["--state", "dead"],
    });
    expect(splitCall(["worker-start", "--count", "3"])).toEqual(splitCall(["worker", "start", "--count", "3"]));
    expect(splitCall(["import", "jobs.json"])).toEqual({
      kind: "command",
      path: "enqueue",
      rest: ["--file", "jobs.json"],
    });
    expect(splitCall(["job", "show", "--help"])).toEqual({ kind: "help", words: ["show"] });
    expect(splitCall(["jobs", "--help"])).toEqual({ kind: "help", words: ["jobs"] });
  });
});

function splitPath(means: string): string {
  return means
    .split(" ")
    .filter((word) => !word.startsWith("-"))
    .join(" ");
}

describe("a flag called as elsewhere", () => {
  const flags = Object.entries(FLAG_HABITS).flatMap(([path, of]) => [...of].map((one) => [path, ...one] as const));

  it.each(flags.map(([path, flag, habit]) => [`${path} ${flag}`, path, flag, habit] as const))(
    "%s",
    async (_, path, flag, habit) => {
      const signature = signatureOf(await loadCommand(path === "*" ? "status" : path));
      expect(signature.options.flatMap(({ names }) => names)).not.toContain(flag);
      expect(flag).toMatch(/^(-[A-Za-z0-9]|--[a-z][a-z-]+)$/);
      if ("type" in habit) {
        expect(refusal(() => readArguments(signature, [flag]))).toMatchObject({
          message: expect.stringContaining(` has no flag ${flag}`),
          hint: formsHint(habit.type),
        });
        return;
      }
      const [meant = "", value] = habit.means.split("=");
      const option = signature.options.find(({ names }) => names.includes(meant));
      if (habit.means !== "") expect(option, meant).toBeDefined();
      const help = { help: true, positionals: [], tail: null };
      const takesValue = option !== undefined && option.value !== null && value === undefined;
      const given = option === undefined ? [] : [{ name: meant, value: takesValue ? "x" : (value ?? true) }];
      expect(readArguments(signature, [flag, ...(takesValue ? ["x"] : []), "-h"])).toEqual({ options: given, ...help });
    },
  );

  it("takes its value in the same word, too", async () => {
    const start = signatureOf(await loadCommand("worker start"));
    for (const words of [["-c", "3"], ["-c3"], ["-n=3"], ["--workers=3"], ["--count=3"]])
      expect(readArguments(start, words).options).toEqual([{ name: "--count", value: "3" }]);
    const list = signatureOf(await loadCommand("list"));
    expect(refusal(() => readArguments(list, ["--all=5"]))).toMatchObject({ message: "--all takes no value" });
    expect(refusal(() => readArguments(list, ["--all", "--limit", "5"]))).toMatchObject({
      message: "--limit is given twice",
    });
  });
});

describe("a hint", () => {
  it.each([...forms])("can be typed: queuectl %s", async (form) => {
    const [words = [], ...others] = callsIn(`queuectl ${form}`);
    expect(others).toEqual([]);
    expect(await checkCall(words)).not.toBe("");
  });

  it.each<[string, string[], string]>([
    ["list", ["pending"], "to choose by state: queuectl list --state pending"],
    ["list", ["DEAD,failed"], "to choose by state: queuectl list --state dead,failed"],
    ["list", ["jobs"], "to list jobs: queuectl list"],
    ["list", ["workers"], "to list workers: queuectl worker list"],
    ["list", ["constructor"], "to see one job: queuectl show constructor"],
    ["status", ["job1"], "to see one job: queuectl show job1"],
    ["worker start", ["3"], "to start several: queuectl worker start --count 3"],
    ["worker start", ["my queue"], "to serve one queue only: queuectl worker start --queue 'my queue'"],
    ["worker stop", ["4711"], "to stop all workers: queuectl worker stop; to have fewer: queuectl worker scale 1"],
    ["dlq list", ["job1"], "to see one job: queuectl show job1"],
    ["dlq purge", ["job1"], "to delete one job: queuectl jobs delete job1"],
    [
      "enqueue",
      ["echo", "it's"],
      "to enqueue one command: queuectl enqueue 'echo it'\\''s'; to give it an id: queuectl enqueue --id echo --command 'it'\\''s'",
    ],
    [
      "enqueue",
      ["job1", "echo hi"],
      "to give it an id: queuectl enqueue --id job1 --command 'echo hi'; to enqueue one command: queuectl enqueue 'job1 echo hi'",
    ],
    [
      "enqueue",
      ['{"command":', '"x"}'],
      `to keep the JSON in one piece, put it in single quotes: queuectl enqueue '{"command":"echo hi"}'`,
    ],
    [
      "enqueue",
      ["id:job1", "command:echo hi"],
      `to keep the JSON in one piece, put it in single quotes: queuectl enqueue '{"command":"echo hi"}'`,
    ],
    [
      "schedule add",
      ["hb", "*/5 * * * *", "echo hi"],
      "to run a line of shell by the clock: queuectl schedule add hb --cron '*/5 * * * *' --command 'echo hi'",
    ],
    [
      "schedule add",
      ["@daily", "./backup.sh --all"],
      "to run a line of shell by the clock: queuectl schedule add NAME --cron @daily --command './backup.sh --all'",
    ],
    ["worker scale", ["api", "4"], "to change one pool: queuectl worker scale 4 --name api"],
  ])("for an argument too many, of %s %j", async (path, words, hint) => {
    expect(argumentHint(path, words.at(-1) ?? "", words)).toBe(hint);
    for (const call of callsIn(hint.replace(/(?:^|; )to [^:]+: /g, "\n"))) await checkCall(call);
  });
});

describe("what users of pueue, cron and pm2 type", () => {
  it.each<[string, string]>([
    ["group", "queue list"],
    ["group remove gpu", "queue rm gpu"],
    ["add -g gpu make", "enqueue --queue gpu make"],
    ["add -l nightly make", "enqueue --tag nightly make"],
    ["add make --print-task-id", "enqueue make --quiet"],
    ["wait --group gpu", "wait --queue gpu"],
    ["worker start -i 4 --group gpu", "worker start --count 4 --queue gpu"],
    ["atq", "list --state=pending --sort=run_at"],
    ["monit", "top"],
    ["jlist", "list --json"],
    ["schedule history nightly", "schedule show nightly"],
  ])("%s", async (typed, meant) => {
    const read = async (line: string) => {
      const call = splitCall(line.split(" "));
      if (call.kind !== "command") throw new Error(`${line} is no command`);
      const given = readArguments(signatureOf(await loadCommand(call.path)), call.rest);
      const named = given.options.map(({ name, value }) => [name.replace(/^-q$/, "--quiet"), value]);
      return { path: call.path, positionals: given.positionals, options: named };
    };
    expect(await read(typed)).toEqual(await read(meant));
  });
});

describe("spelling", () => {
  it.each<[string, RegExp]>([
    ["worker strat", /^did you mean: queuectl worker start$/],
    ["worker statr", /^did you mean: queuectl worker start$/],
    ["startup", /^to start workers for the jobs/],
    ["stauts", /^did you mean: queuectl status$/],
    ["confg", /^did you mean: queuectl config$/],
    ["config sett", /^did you mean: queuectl config set$/],
    ["config foo", /^one of: queuectl config list, get, /],
    ["worker foo", /^one of: queuectl worker start, stop, /],
    ["queue foo", /^one of: queuectl queue list, /],
  ])("%s", (words, hint) => {
    expect(refusal(() => splitCall(words.split(" "))).hint).toMatch(hint);
  });

  it("of a flag looks at its letters, not at its dashes", async () => {
    const top = signatureOf(await loadCommand("status"));
    expect(refusal(() => readArguments(top, ["--name", "x"])).hint).toBe("queuectl status --help lists its flags");
    expect(refusal(() => readArguments(top, ["--hom", "x"])).hint).toBe("did you mean --home?");
  });
});
