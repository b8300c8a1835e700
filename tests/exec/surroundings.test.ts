import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { bench, SHELLS } from "./bench.js";

const NAMER = fileURLToPath(new URL(`../../dist/namer-${process.arch}`, import.meta.url));

const environment = (output: Buffer) =>
  Object.fromEntries(
    output
      .toString()
      .split("\n")
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

describe.each(SHELLS)("launched by %s, a command", (shell) => {
  test("has the launcher's environment, its own on top, and nothing that the launcher made up", async () => {
    const b = bench();
    const launcher = b.launcher({ shell, env: { PATH: process.env.PATH ?? "", BASE: "1", BOTH: "1" } });
    const { _, SHLVL, ...env } = environment(await b.outputOf(launcher, ["env"], { env: { BOTH: "2", OWN: "a b" } }));
    expect(env).toEqual({
      PATH: process.env.PATH,
      BASE: "1",
      BOTH: "2",
      OWN: "a b",
      PWD: b.dir,
      QUEUECTL_HOME: b.marker.home,
      QUEUECTL_JOB_ID: b.marker.jobId,
      QUEUECTL_FENCE: String(b.marker.fence),
    });
  });

  test.runIf(process.platform === "linux")("has variables with names that a shell drops", async () => {
    const b = bench();
    const names = { "server.port": "8080", "BASH_FUNC_f%%": "() { echo 'a=b'; }", both: "1", "b-h": "base" };
    const launcher = b.launcher({ shell, namer: NAMER, env: { PATH: process.env.PATH ?? "", ...names } });
    const more = { env: { "b-h": "job's", "-x": "" }, resources: { nice: 1 } };
    const env = environment(await b.outputOf(launcher, ["env"], more));
    expect(env).toMatchObject({ ...names, ...more.env, QUEUECTL_JOB_ID: b.marker.jobId });
    expect(Object.keys(env).filter((name) => name.includes("ENCODED"))).toEqual([]);
    // A shell that is the job's own may drop them again; its environment has them.
    const text = "tr '\\0' '\\n' </proc/$$/environ";
    expect(environment(await b.outputOf(launcher, text))).toMatchObject(names);
    expect(await b.run(launcher, ["no-such-command"])).toEqual({ kind: "failed", exitCode: 127 });
  });

  test("does not start with a variable that no program can give it", async () => {
    const b = bench();
    const outcome = await b.run(b.launcher({ shell, namer: null }), "true", { env: { "a.b": "secret" } });
    expect(outcome).toMatchObject({ kind: "not-started", transient: false });
    expect(outcome).toHaveProperty("message", 'no job can have the variable "a.b" on this system');
  });

  test("does not break the next one by its environment", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    const env = {
      PATH: "/nowhere",
      IFS: "/e0 ",
      PS1: "x",
      PS4: "y",
      ENV: "/nowhere",
      LD_PRELOAD: "/nowhere.so",
      CDPATH: "/",
    };
    expect(await b.run(launcher, "exit 3", { env })).toEqual({ kind: "failed", exitCode: 3 });
    expect(await b.run(launcher, "readonly PATH; umask 0; ulimit -n 20; cd /; set -e; exec false")).toMatchObject({
      exitCode: 1,
    });
    const after = environment(await b.outputOf(launcher, "env; echo UMASK=$(umask); echo FILES=$(ulimit -n)"));
    expect(after).toMatchObject({ PATH: process.env.PATH, PWD: b.dir });
    expect(Number.parseInt(after.UMASK ?? "", 8)).toBe(process.umask());
    expect(after.FILES).not.toBe("20");
    expect(after).not.toHaveProperty("PS4");
  });

  test("creates files with the worker's umask, and its output is private all the same", async () => {
    const b = bench();
    await b.run(b.launcher({ shell }), "touch made");
    expect(statSync(b.path("made")).mode & 0o777).toBe(0o666 & ~process.umask());
    expect(statSync(b.stdoutPath).mode & 0o777).toBe(0o600);
    expect(statSync(b.stderrPath).mode & 0o777).toBe(0o600);
  });

  test("reads nothing, and has its output appended", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    expect(await b.run(launcher, "echo one; echo two >&2; cat")).toEqual({ kind: "succeeded" });
    expect(await b.run(launcher, "echo three")).toEqual({ kind: "succeeded" });
    expect([b.read("out"), b.read("err")]).toEqual(["one\nthree\n", "two\n"]);
  });

  test.runIf(existsSync("/proc/self/fd"))("holds neither the launcher's channel nor its lifeline", async () => {
    const b = bench();
    await b.run(b.launcher(), "true");
    const output = await b.outputOf(b.launcher({ shell }), ["ls", "-l", "/proc/self/fd"]);
    expect(output.toString()).toContain("/dev/null");
    expect(output.toString()).not.toContain("socket:");
  });

  test("has default dispositions for signals", async () => {
    const b = bench();
    const grep = ["grep", "-E", "^Sig(Ign|Blk|Cgt)", "/proc/self/status"];
    const status = existsSync("/proc/self/status") ? (await b.outputOf(b.launcher({ shell }), grep)).toString() : "";
    const common = 0x6a07n; // HUP INT QUIT, USR1 USR2 TERM ALRM
    for (const line of status.split("\n").filter(Boolean)) expect(BigInt(`0x${line.split("\t")[1]}`) & common).toBe(0n);
  });
});
