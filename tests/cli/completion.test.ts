/** Completion: what is proposed, by the built command; and that each shell really completes with it. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMAND_PATHS } from "../../src/cli/registry.js";
import { Cli } from "../support/cli.js";
import { PROGRAM } from "../support/program.js";
import { Sandbox } from "../support/sandbox.js";
import { hasTerminals, Terminal } from "../support/terminal.js";

let cli: Cli;
/** Where `queuectl` is on the path. */
let bin: string;

beforeAll(async () => {
  cli = new Cli();
  bin = join(cli.folder, "bin");
  mkdirSync(bin);
  const shim = cli.write("bin/queuectl", `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  chmodSync(shim, 0o755);
  await cli.ended("broken", { kind: "failed", exitCode: 4 });
  await cli.ended("built", { kind: "succeeded" });
  await cli.claim("busy", { queue: "mail" });
  await cli.ok("enqueue", "--id", "a:b", "--command", "echo '\t\u001b[2J'");
});
afterAll(() => cli.dispose());

const lines = async (...words: string[]) => (await cli.ok("__complete", ...words)).split("\n").slice(0, -1);
const values = async (...words: string[]) => (await lines(...words)).map((line) => line.split("\t")[0]);

describe("proposes", () => {
  it("commands and their second words, with what they do", async () => {
    const firsts = [...new Set(COMMAND_PATHS.map((path) => path.split(" ")[0]))];
    expect(await values("")).toEqual([...firsts, "help"]);
    expect(await lines("jobs", "")).toEqual([expect.stringMatching(/^delete\tDelete jobs with their history/)]);
    expect(await values("worker", "st")).toEqual(["start", "stop"]);
    expect(await values("--json", "--home", "/x", "dlq", "")).toEqual(["list", "retry", "purge"]);
    expect(await values("help", "config", "")).toEqual(["list", "get", "set", "unset"]);
    expect(await values("frobnicate", "")).toEqual([]);
  });

  it("the flags that the command declares", async () => {
    expect(await values("explain", "--")).toEqual(["--home", "--db", "--json", "--help"]);
    expect(await values("cancel", "--rea")).toEqual(["--reason"]);
    expect(await values("worker", "start", "--co")).toEqual(["--count", "--concurrency"]);
    expect(await lines("prune", "--dry")).toEqual(["--dry-run\tonly say how many jobs it would delete"]);
    expect(await values("--h")).toEqual(["--home", "--help"]);
  });

  it.each<[string[], string[]]>([
    [
      ["list", "--state", "p"],
      ["pending", "processing"],
    ],
    [
      ["list", "--state", "dead,c"],
      ["dead,completed", "dead,cancelled"],
    ],
    [
      ["list", "--state=dead,p"],
      ["--state=dead,pending", "--state=dead,processing"],
    ],
    [
      ["prune", "--state", ""],
      ["completed", "dead", "cancelled"],
    ],
    [
      ["list", "--format", ""],
      ["table", "json", "ndjson", "csv"],
    ],
    [
      ["list", "--sort", ""],
      ["created", "updated", "run_at", "priority"],
    ],
    [["list", "--columns", "id,max"], ["id,max_retries"]],
    [["list", "--limit", ""], []],
    [
      ["list", "--queue", ""],
      ["default", "mail"],
    ],
    [["enqueue", "--queue=m"], ["--queue=mail"]],
    [["config", "get", "max"], ["max-retries"]],
    [["config", "set", "max-retries", ""], []],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["enqueue", "--file", ""], [":files"]],
    [["enqueue", "--", "con"], [":files"]],
    [["enqueue", ""], []],
    [["--home", ""], [":directories"]],
    [["enqueue", "--cwd", "x"], [":directories"]],
    [["status", ""], []],
  ])("after %j: %j", async (words, expected) => {
    expect(await values(...words)).toEqual(expected);
  });

  it("the jobs that the command can do something about, the newest first", async () => {
    expect(await values("show", "")).toEqual(["a:b", "busy", "built", "broken"]);
    expect(await values("show", "b")).toEqual(["busy", "built", "broken"]);
    expect(await values("cancel", "")).toEqual(["a:b", "busy"]);
    expect(await values("retry", "")).toEqual(["built", "broken"]);
    expect(await values("dlq", "retry", "")).toEqual(["broken"]);
    expect(await values("jobs", "delete", "built", "")).toEqual(["a:b", "built", "broken"]);
    expect(await values("show", "busy", "")).toEqual([]);
    expect(await values("logs", "-n", "5", "bu")).toEqual(["busy", "built"]);
    expect(await values("enqueue", "--id", "")).toEqual([]);
    expect(await lines("cancel", "a")).toEqual(["a:b\tpending: echo '\\t\\e[2J'"]);
  });

  it("the values that a flag knows, and the names of schedules, policies and queues", async () => {
    expect(await values("schedule", "add", "x", "--overlap", "")).toEqual(["skip", "queue", "allow"]);
    expect(await values("enqueue", "--backoff=e")).toEqual(["--backoff=exponential"]);
    const named = new Cli();
    await named.ok("schedule", "add", "nightly", "--cron", "@daily", "--command", "make");
    await named.ok("policy", "set", "api", "--max-retries", "5");
    expect(await named.ok("__complete", "schedule", "show", "")).toBe("nightly\t@daily: make\n");
    expect(await named.ok("__complete", "policy", "show", "")).toBe("api\n");
    expect(await named.ok("__complete", "enqueue", "--policy", "a")).toBe("api\n");
    await named.dispose();
  });

  it("the pools that run, or for their logs the ones that have run", async () => {
    const box = new Sandbox();
    const main = await box.supervisor();
    await box.ok("worker", "start", "--detach", "--name", "gpu", "--count", "2");
    const ask = async (...words: string[]) => (await box.ok("__complete", "worker", ...words)).trimEnd().split("\n");
    const both = [`main\tpid ${main.pid}, 1 worker`, expect.stringMatching(/^gpu\tpid \d+, 2 workers$/)];
    for (const word of ["stop", "scale", "restart"]) expect(await ask(word, "--name", "")).toEqual(both);
    expect(await ask("stop", "")).toEqual(both);
    expect(await ask("start", "--name", "")).toEqual([""]);
    await box.ok("worker", "stop", "--name", "gpu");
    expect(await ask("stop", "--name", "g")).toEqual([""]);
    expect(await ask("logs", "--name", "")).toEqual([`gpu\t${box.file("home/logs/supervisor-gpu.log")}`]);
    await box.dispose();
  });

  it("200 of them at most, the older ones by their beginning", async () => {
    const many = new Cli();
    await many.ok("enqueue", "--id", "first", "--command", "x");
    const input = Array.from({ length: 300 }, (_, i) => `{"id":"job${i}","command":"x"}\n`).join("");
    await many.run(["enqueue", "-q", "-f", "-"], { input });
    const ask = async (typed: string) => (await many.ok("__complete", "show", typed)).trim().split("\n");
    expect(await ask("")).toHaveLength(200);
    expect(await ask("j")).toHaveLength(200);
    expect(await ask("fi")).toEqual(["first\tpending: x"]);
    await many.dispose();
  });

  it("nothing, and no error, where there is nothing or something is wrong", async () => {
    const empty = new Cli();
    expect(await empty.ok("__complete", "show", "")).toBe("");
    expect(existsSync(empty.home)).toBe(false);
    const noDatabase = empty.write("no.db", "not a database, though long enough to look like one".repeat(99));
    expect(await empty.ok("__complete", "--db", noDatabase, "show", "")).toBe("");
    expect(readdirSync(empty.folder)).toEqual(["no.db"]);
    expect(await empty.ok("__complete")).not.toBe("");
    await empty.dispose();
  });

  it("what is in the home that the line names", async () => {
    const other = new Cli();
    expect(await other.ok("__complete", "--home", cli.home, "cancel", "bu")).toMatch(/^busy\t/);
    expect(await other.ok("__complete", "cancel", `--home=${cli.home}`, "bu")).toMatch(/^busy\t/);
    const tilde = await other.run(["__complete", "cancel", "--home", "~/home", "bu"], { env: { HOME: cli.folder } });
    expect(tilde.stdout).toMatch(/^busy\t/);
    await other.dispose();
  });
});

describe("completion", () => {
  it("prints a script", async () => {
    expect(await cli.ok("completion", "bash")).toContain("complete -F _queuectl queuectl");
    expect(await cli.json("completion", "fish")).toEqual({
      shell: "fish",
      script: expect.stringContaining("complete -c queuectl"),
    });
  });

  it("names the shells that it knows: exit 2", async () => {
    expect(await cli.fails(2, ["completion", "tcsh"])).toMatch(/^there is no completion for "tcsh"; .*(zsh|known)/);
    expect(await cli.fails(2, ["completion", "powershell"])).toMatch(/; known: bash, zsh, fish$/);
    expect(await cli.fails(2, ["completion"])).toMatch(/needs SHELL/);
  });
});

const has = (shell: string) => spawnSync(shell, ["-c", "exit 0"]).status === 0;
const environment = () => ({ PATH: `${bin}:${process.env.PATH}`, QUEUECTL_HOME: cli.home, HOME: cli.folder });

function run(shell: string, script: string): string {
  const { stdout, stderr } = spawnSync(shell, ["-c", script], {
    env: { ...process.env, ...environment() },
    cwd: cli.folder,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout;
}

describe.skipIf(!has("bash"))("bash", () => {
  /** As bash itself fills them in: words are broken at = and : as well. */
  function complete(line: string, breaks = "=:"): string[] {
    const pieces = line.split(new RegExp(`([${breaks}]+)|\\s+`)).filter((piece) => piece !== undefined && piece !== "");
    if (/\s$/.test(line) || new RegExp(`[${breaks}]$`).test(line)) pieces.push("");
    const words = pieces.map((piece) => `'${piece}'`).join(" ");
    return run(
      "bash",
      `COMP_WORDBREAKS=$' \\t\\n"${breaks}'; source <(queuectl completion bash); COMP_WORDS=(${words})
       COMP_CWORD=${pieces.length - 1} COMP_LINE='${line}' COMP_POINT=${line.length}; _queuectl
       for reply in "\${COMPREPLY[@]}"; do echo "$reply"; done`,
    )
      .split("\n")
      .slice(0, -1);
  }

  it("completes words", () => {
    expect(complete("queuectl worker st")).toEqual(["start", "stop"]);
    expect(complete("queuectl config get max")).toEqual(["max-retries"]);
    expect(complete("queuectl   dlq   retry ")).toEqual(["broken"]);
  });

  it("completes what stands behind an = or a :, wherever it breaks words", () => {
    expect(complete("queuectl list --state=de")).toEqual(["dead"]);
    expect(complete("queuectl list --state=")).toContain("dead");
    expect(complete("queuectl list --state=dead,pe")).toEqual(["dead,pending"]);
    expect(complete("queuectl show a:")).toEqual(["b"]);
    expect(complete("queuectl show a:", "=")).toEqual(["a:b"]);
  });

  it("completes files and directories", () => {
    cli.write("my jobs.ndjson", "");
    expect(complete("queuectl enqueue --file my")).toEqual(["my jobs.ndjson"]);
    expect(complete("queuectl enqueue --file=my")).toEqual(["my jobs.ndjson"]);
    expect(complete("queuectl --home b")).toEqual(["bin"]);
  });
});

describe.skipIf(!has("fish"))("fish", () => {
  const complete = (line: string) =>
    run("fish", `queuectl completion fish | source; complete -C '${line}'`).split("\n").slice(0, -1);

  it("completes", () => {
    expect(complete("queuectl worker st").map((line) => line.split("\t")[0])).toEqual(["start", "stop"]);
    expect(complete("queuectl cancel bu")).toEqual(["busy\tprocessing: run busy"]);
    expect(complete("queuectl show a")).toEqual([expect.stringMatching(/^a:b\tpending: echo/)]);
    expect(complete("queuectl list --state=de")).toEqual(["--state=dead"]);
    expect(complete("queuectl --home bi")).toEqual([expect.stringMatching(/^bin\//)]);
    expect(complete("queuectl completion b")).toEqual(["bash"]);
    expect(complete("queuectl status ")).toEqual([]);
  });
});

describe.skipIf(!hasTerminals || !has("zsh"))("zsh, at a terminal,", () => {
  async function open(): Promise<Terminal> {
    // A Tab among keys that were typed ahead is a Tab, unless one says otherwise.
    const style = "zstyle ':completion:*' insert-tab false";
    const load = "autoload -U compinit; compinit -u -D; source <(queuectl completion zsh)";
    cli.write(".zshrc", `PS1='ready> '; bindkey -e; cd ${cli.folder}; ${style}; ${load}\n`);
    const terminal = new Terminal(["zsh", "-i"], { ...environment(), ZDOTDIR: cli.folder });
    await terminal.shows("ready> ");
    return terminal;
  }

  it.each([
    ["queuectl config get max\t", "queuectl config get max-retries"],
    ["queuectl cancel bu\t", "queuectl cancel busy"],
    ["queuectl show a\t", "queuectl show a:b"],
    ["queuectl list --state=de\t", "queuectl list --state=dead"],
    ["queuectl --home bi\t", "queuectl --home bin"],
  ])("completes %j to %j", async (keys, line) => {
    const terminal = await open();
    // To the beginning of the line, to have it printed.
    terminal.type(`${keys}\x01print -r -- \r`);
    await terminal.shows(`\n${line}`);
    terminal.kill();
  });

  it("lists candidates with what they are", async () => {
    const terminal = await open();
    terminal.type("queuectl worker st\t\t");
    await terminal.shows("-- Stop the supervisor");
    terminal.kill();
  });
});

describe.skipIf(!hasTerminals || !has("bash"))("bash, at a terminal,", () => {
  it("completes as one types", async () => {
    cli.write(".bashrc", "PS1='ready> '; source <(queuectl completion bash)\n");
    const terminal = new Terminal(["bash", "--rcfile", join(cli.folder, ".bashrc"), "-i"], environment());
    await terminal.shows("ready> ");
    terminal.type("queuectl config get max\t; queuectl list --state=de\t; queuectl show a:\t");
    await terminal.shows("config get max-retries ");
    await terminal.shows("--state=dead ");
    await terminal.shows("show a:b");
    terminal.kill();
  });
});
