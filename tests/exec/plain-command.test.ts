/**
 * A plain command runs in a launcher's own fork, and no job may notice: each command here runs with a shell of its own as
 * well, in a launcher whose shell is the same program by another name.
 */
import { chmodSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ExecutionRequest } from "../../src/exec/execution.js";
import type { Launcher } from "../../src/exec/launcher.js";
import { canReplaceShell, isPlain } from "../../src/exec/plain-command.js";
import { bench } from "./bench.js";

const IS_DASH = existsSync("/proc/self/status") && realpathSync("/bin/sh").endsWith("/dash");

/** Prints what a process has of its parent: variables in their order, words, state, place, descriptors and limits. */
const REPORT = `#!/bin/sh
tr '\\0' '\\n' </proc/$$/environ
tr '\\0' '|' </proc/$$/cmdline
readlink /proc/$$/cwd
grep -E '^(Umask|Threads|Sig[^Q]|Seccomp)' /proc/self/status
cut -d ' ' -f 5-8,18-19,40-41 /proc/$$/stat
cd /proc/$$
readlink fd/0 fd/1 fd/2 fd/3 fd/4 fd/5 fd/6 fd/7 fd/8 fd/9 fd/10 fd/11 fd/12 fd/13 fd/14 exe
cat /proc/$$/limits
`;

/** Files of the working directory, which is in PATH as well. */
const FILES: Record<string, [text: string, mode: number]> = {
  report: [REPORT, 0o755],
  queuectl_request: [REPORT, 0o755],
  "of-no-interpreter": ["echo $# $0; exit 9\n", 0o755],
  "of-a-missing-one": ["#!/no/such/interpreter\n", 0o755],
  "not-executable": ["#!/bin/sh\n", 0o644],
  "of-another-machine": ["\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\xff\xff\x01\0\0\0", 0o755],
  empty: ["", 0o755],
  "by-signal": ['#!/bin/sh\nkill -s "$1" $$\n', 0o755],
};

function bothWays() {
  const b = bench();
  for (const [name, [text, mode]] of Object.entries(FILES)) {
    writeFileSync(b.path(name), text);
    chmodSync(b.path(name), mode);
  }
  mkdirSync(b.path("a-directory"));
  symlinkSync("/bin/sh", b.path("sh"));
  const path = `${process.env.PATH}:/no/such:${b.dir}`;
  const launchers = {
    fork: b.launcher({ env: { PATH: path } }),
    shell: b.launcher({ env: { PATH: path }, shell: b.path("sh") }),
  };
  const run = async (launcher: Launcher, command: string, more: Partial<ExecutionRequest>) => {
    for (const file of [b.stdoutPath, b.stderrPath]) rmSync(file, { force: true });
    const outcome = await b.run(launcher, command, more);
    // The launcher is the only thing that may differ.
    const blind = (text = "") => text.replaceAll(new RegExp(`\\b${launcher.pid}\\b`, "g"), "LAUNCHER");
    return { outcome, stdout: blind(b.read("out")), stderr: blind(b.read("err")) };
  };
  const compare = async (command: string, more: Partial<ExecutionRequest> = {}) => {
    const inFork = await run(launchers.fork, command, more);
    const inShell = await run(launchers.shell, command, more);
    const { signal } = inFork.outcome as { signal?: NodeJS.Signals };
    if (isPlain(command, more.env ?? {}) && signal !== undefined) {
      // A shell returns 128 and more of its child's death, and says so to the job's stderr.
      expect(inShell.outcome, command).toEqual({ kind: "failed", exitCode: 128 + constants.signals[signal] });
      expect(inShell.stderr?.replace(/^.+\n$/m, "") ?? "", command).toBe(inFork.stderr ?? "");
    } else expect(inFork, command).toEqual(inShell);
    return inFork;
  };
  return { b, compare };
}

const quotings = [
  (word: string) => `'${word.replaceAll("'", "'\\''")}'`,
  (word: string) => `"${word.replaceAll(/["\\$`]/g, "\\$&")}"`,
  (word: string) => word.replaceAll(/[^\w\n]/g, "\\$&").replaceAll("\n", "'\n'") || "''",
];
const nasty = fc.string({
  unit: fc.constantFrom(..."ab1'\"\\`$!#&|;<>(){}[]*?~^%=:,./@ \t\n\r-+\u0001\u001b\u007f\u0081\u0088é€😀"),
  maxLength: 12,
});
const word = fc.oneof(
  fc
    .tuple(fc.oneof(nasty, fc.constant("x".repeat(3000))), fc.constantFrom(...quotings))
    .map(([text, quote]) => quote(text)),
  fc.constantFrom(
    "-n",
    "-",
    "+x",
    "a=b",
    "{a,b}",
    "{}",
    "}",
    "if",
    "a\\tb\\c",
    "%d",
    "~",
    "a=~",
    "$$",
    "$HOME",
    "2>&1",
  ),
  fc.constantFrom("é", "\u0088", "''", '""', "x=1:y", "-t", "0", "3", "256", "abc", "TERM", "KILL", "SEGV"),
  nasty,
);
const name = (folder: string) =>
  fc.oneof(
    fc.constantFrom("report", "./report", `${folder}/report`, `../${folder.split("/").at(-1)}/report`, "report"),
    fc.constantFrom(
      ...Object.keys(FILES),
      "a-directory",
      "./a-directory",
      "/",
      ".",
      "./missing",
      "missing",
      "-x",
      "+x",
    ),
    fc.constantFrom("true", "false", ":", "echo", "printf", "test", "exit", "/bin/true", "/bin/echo", "env"),
    fc.constantFrom("set", "local", "shift", "return", "if", "fi", "{", "}", "!", "[", "a=b", "eval", ".", "cd", "pwd"),
    nasty,
  );
const variable = fc.tuple(
  fc.constantFrom("A", "_", "PWD", "OLDPWD", "IFS", "OPTIND", "PPID", "PATH", "HOME", "LC_ALL", "PS4", "ENV", "CDPATH"),
  fc.constantFrom("1", "", "a b", "/", ".", ":/bin:/usr/bin", "/bin:/usr/bin:.", "é'\n"),
);

test.runIf(IS_DASH)(
  "a command does the same in the fork of a launcher as in a shell of its own",
  { timeout: 60_000 },
  async () => {
    const { b, compare } = bothWays();
    const property = fc.asyncProperty(
      name(b.dir),
      fc.array(word, { maxLength: 4 }),
      fc.constantFrom(" ", "  ", "\t"),
      fc.array(variable, { maxLength: 2 }),
      async (first, words, blank, variables) => {
        const command = [first, ...words].join(blank);
        const env = Object.fromEntries(variables);
        // Another one takes the same road in both.
        fc.pre(isPlain(command, env));
        await compare(command, { env });
      },
    );
    await fc.assert(property, { numRuns: 80 });
  },
);

describe.runIf(IS_DASH)("a plain command", () => {
  test.each<[says: string, command: string, env?: Record<string, string>]>([
    ["a program that is not there", "no-such-program a b"],
    ["one that was there, by a name in PATH", "gone"],
    ["one that may not be executed", "./not-executable"],
    ["a directory", "/etc x"],
    ["a script without an interpreter", "of-no-interpreter 'a b' c"],
    ["a script whose interpreter is missing", "./of-a-missing-one"],
    ["a program of another machine", "of-another-machine"],
    ["an empty file", "empty x"],
    ["a program with the name of the launcher's own function", "queuectl_request /"],
    ["a reserved word", "then"],
    ["a quoted expansion", 'echo "$# x"'],
    ["a quoted reserved word as an argument", "printf %s\\\\n 'then'"],
    ["a builtin with an error", "exit abc"],
    ["exit without a code", "exit"],
    ["a code that is too large", "exit 300"],
    ["an echo that interprets", "echo 'a\\tb\\c' d"],
    ["a builtin that sees arguments of a shell", "shift 2"],
    ["one that knows functions", "local x"],
    ["a return", "return 3"],
    ["an option as a program", "-x"],
    ["PATH with the working directory", "report", { PATH: ":/bin:/usr/bin" }],
    ["PATH in which nothing is", "report", { PATH: "/nowhere" }],
    ["an empty PATH", "report", { PATH: "" }],
    ["a directory of another name", "report", { PWD: "/" }],
    ["variables that a shell sets", "report", { IFS: "x", OPTIND: "7", PPID: "1" }],
    ["a library for every program", "true", { LD_PRELOAD: "/no/such/library.so" }],
    [
      "an environment that is too large",
      `report ${"x".repeat(4000)}`,
      { A: "x".repeat(120_000), B: "y".repeat(120_000) },
    ],
  ])("is the same with %s", async (_, command, env = {}) => {
    const { b, compare } = bothWays();
    writeFileSync(b.path("gone"), "#!/bin/sh\n", { mode: 0o755 });
    if (command === "gone") {
      await compare(command, { env });
      rmSync(b.path("gone"));
    }
    await compare(command, { env });
  });

  test("is a child of its launcher, and its pid is told", async () => {
    const b = bench();
    const launcher = b.launcher();
    const run = launcher.run(b.request("cat /proc/self/stat"));
    await run.ended;
    const [pid, name, , parent] = b.read("out")?.split(" ") ?? [];
    expect([Number(pid), name, Number(parent)]).toEqual([await run.pid, "(cat)", launcher.pid]);
  });

  test("that dies of a signal was killed by it, and nothing is added to its output", async () => {
    const { compare } = bothWays();
    for (const signal of ["KILL", "TERM", "SEGV", "XFSZ"] as const) {
      const killed = { outcome: { kind: "killed", signal: `SIG${signal}` }, stdout: "", stderr: "" };
      expect(await compare(`./by-signal ${signal}`)).toEqual(killed);
    }
  });
});

const variables = { QUEUECTL_JOB_ID: "a", PATH: "/bin", HOME: "/" };

test.each(["true", " make -j4 all ", "./run\t'a b' \"c\\$\"", "/a/b x=1 'é\n'", "echo a\\ b", "curl -o {} %41,@x:^]"])(
  "%j needs no shell of its own",
  (command) => expect(isPlain(command, variables)).toBe(true),
);

test.each([
  ...[
    "",
    " ",
    "a;b",
    "a&",
    "a|b",
    "a>b",
    "a<b",
    "a $b",
    "a `b`",
    'a "$b"',
    'a "`b`"',
    "a *",
    "a ?",
    "a [b]",
    "a ~",
    "a #b",
  ],
  ...[
    "(a)",
    "a\nb",
    "a\rb",
    "a 'b",
    'a "b',
    "a \\",
    "a \\\nb",
    'a "\\\n"',
    "a=b c",
    "'a' b",
    "~/a",
    "! a",
    "{ a",
    "if a",
    "cd /",
  ],
  ...[
    "exec a",
    "eval a",
    ". a",
    "set",
    "shift",
    "return",
    "local x",
    "pwd",
    "kill 1",
    "queuectl_request",
    `a ${"b".repeat(5000)}`,
  ],
])("%j needs one", (command) => expect(isPlain(command, variables)).toBe(false));

test.each(["PWD", "IFS", "OPTIND", "PPID", "LD_PRELOAD", "GLIBC_TUNABLES", "MALLOC_CHECK_", "LANG", "LC_ALL"])(
  "a job with the variable %s needs one",
  (name) => expect(isPlain("true", { ...variables, [name]: "1" })).toBe(false),
);

test.each(["LD_PRELOAD", "LD_LIBRARY_PATH", "PPID"])(
  "a launcher with the variable %s gives each command one",
  (name) => {
    expect(canReplaceShell("/bin/sh", { PATH: "/bin", LANG: "C" })).toBe(IS_DASH);
    expect(canReplaceShell("/bin/sh", { PATH: "/bin", [name]: "1" })).toBe(false);
  },
);

test("only /bin/sh replaces /bin/sh", () => {
  expect(canReplaceShell("/bin/bash", {})).toBe(false);
});
