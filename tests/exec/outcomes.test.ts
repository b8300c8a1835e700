import { constants } from "node:os";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bench, SHELLS } from "./bench.js";

/** Signals that end a process by default and that shells speak of; those left out are the shell's own business or stop it. */
const FATAL = [
  ...["SIGHUP", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV"],
  ...["SIGUSR2", "SIGALRM", "SIGTERM", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGSYS"],
] as (keyof typeof constants.signals)[];

describe.each(SHELLS)("launched by %s, a command", (shell) => {
  test("that exits with 0 succeeds", async () => {
    const b = bench();
    expect(await b.run(b.launcher({ shell }), "exit 0")).toEqual({ kind: "succeeded" });
  });

  test("that exits with anything else fails with that code", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    const codes = fc.integer({ min: 1, max: 255 });
    await fc.assert(
      fc.asyncProperty(codes, async (exitCode) => {
        expect(await b.run(launcher, `exit ${exitCode}`)).toEqual({ kind: "failed", exitCode });
      }),
      { numRuns: 40, examples: [[130], [137], [141], [143], [139], [128], [129], [255]] },
    );
  });

  test("that dies of a signal was killed by it", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    for (const signal of FATAL) {
      const expected = { kind: "killed", signal };
      expect(await b.run(launcher, `kill -${constants.signals[signal]} $$; sleep 60`), signal).toEqual(expected);
    }
  });

  test("whose shell returns 130 or 141 failed with that code, as a death by INT or PIPE that nothing tells of", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    const failed = (exitCode: number) => ({ kind: "failed", exitCode });
    expect(await b.run(launcher, "sh -c 'kill -INT $$'; exit $?")).toEqual(failed(130));
    expect(await b.run(launcher, "sh -c 'kill -PIPE $$'; exit $?")).toEqual(failed(141));
    expect(await b.run(launcher, "kill -INT $$; sleep 60")).toEqual(failed(130));
    expect(await b.run(launcher, "kill -PIPE $$; sleep 60")).toEqual(failed(141));
    expect(await b.run(launcher, "kill -INT 0; sleep 60")).toEqual({ kind: "killed", signal: "SIGINT" });
    expect(await b.run(launcher, "trap '' INT; kill -INT 0; exit 3")).toEqual(failed(3));
    expect(await b.run(launcher, "exit 130")).toEqual(failed(130));
  });

  test("that is not there, or not executable, says so as the shell does", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    expect(await b.run(launcher, ["no-such-program-here"])).toEqual({ kind: "failed", exitCode: 127 });
    expect(await b.run(launcher, [b.dir])).toEqual({ kind: "failed", exitCode: 126 });
    expect(b.read("err")).toContain("no-such-program-here");
  });

  test("without its working directory does not start", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    const missing = b.path("missing");
    expect(await b.run(launcher, "touch ran", { cwd: missing })).toEqual({
      kind: "not-started",
      message: `the working directory ${missing} does not exist`,
      transient: false,
    });
    await b.run(launcher, "touch file");
    expect(await b.run(launcher, "touch ran", { cwd: b.path("file") })).toEqual({
      kind: "not-started",
      message: `the working directory ${b.path("file")} is not a directory`,
      transient: false,
    });
    expect(await b.run(launcher, "test ! -e ran")).toEqual({ kind: "succeeded" });
  });

  test("without its output files does not start", async () => {
    const b = bench();
    const outcome = await b.run(b.launcher({ shell }), "touch ran", { stdoutPath: b.path("missing/out") });
    expect(outcome).toMatchObject({ kind: "not-started", transient: false });
    expect(outcome).toHaveProperty("message", expect.stringContaining(b.path("missing/out")));
  });
});

test("what no shell can be asked to do does not start", async () => {
  const b = bench();
  const launcher = b.launcher();
  expect(await b.run(launcher, "echo \0")).toMatchObject({ kind: "not-started", transient: false });
  expect(await b.run(launcher, [])).toMatchObject({ kind: "not-started", transient: false });
  expect(await b.run(launcher, "true")).toEqual({ kind: "succeeded" });
});
