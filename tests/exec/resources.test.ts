/** What a command may use, with real programs that want more. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { getPriority } from "node:os";
import { describe, expect, test } from "vitest";
import { requestText } from "../../src/exec/request.js";
import { type Bench, bench, SHELLS } from "./bench.js";

const MIB = 1024 ** 2;
/** awk doubles a text until it is that long. */
const hog = (bytes: number) =>
  `awk 'BEGIN { s = "0123456789abcdef"; while (length(s) < ${bytes}) s = s s; print "got it" }'`;

/** A shell that may not raise a priority, even as root. */
function withoutRightToGoFirst(b: Bench, shell: string): string {
  if (process.getuid?.() !== 0) return shell;
  const path = b.path("shell");
  writeFileSync(path, `#!/bin/sh\nexec setpriv --bounding-set -sys_nice ${shell} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

test("a job that asks for nothing costs nothing: its request is as it was", () => {
  const b = bench();
  expect(
    requestText(b.request("true"), "n", {
      umask: 0o22,
      fileLimit: null,
      namer: null,
      encoded: false,
      replacesShell: false,
    }),
  ).not.toMatch(/ulimit|nice/);
});

describe.each(SHELLS)("launched by %s, a command", (shell) => {
  test("gets as much memory as it may use, and no more", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    const resources = { memoryBytes: 64 * MIB };
    expect((await b.outputOf(launcher, hog(MIB), { resources })).toString()).toBe("got it\n");
    expect((await b.run(launcher, hog(256 * MIB), { resources })).kind).not.toBe("succeeded");
    expect((await b.outputOf(launcher, hog(256 * MIB))).toString()).toContain("got it\n");
  });

  test("is ended when its processor time is used up, and the outcome says so", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    const usedUp = { kind: "killed", signal: "SIGXCPU", cpuTimeMs: 1000 };
    const resources = { cpuTimeMs: 1000 };
    expect(await b.run(launcher, "while :; do :; done", { resources })).toEqual(usedUp);
    // A child's death is its shell's exit code.
    expect(await b.run(launcher, "sh -c 'while :; do :; done'; exit $?", { resources })).toEqual(usedUp);
    expect(await b.run(launcher, "exit 152")).toEqual({ kind: "failed", exitCode: 152 });
  });

  test("that does not heed the end of its processor time is killed", async () => {
    const b = bench();
    const stubborn = "trap '' XCPU; while :; do :; done";
    const outcome = await b.run(b.launcher({ shell }), stubborn, { resources: { cpuTimeMs: 1000 } });
    expect(outcome).toEqual({ kind: "killed", signal: "SIGKILL" });
  });

  test("is as nice as it was asked to be, as a text and as a list, and so is what it starts", async () => {
    const b = bench();
    const launcher = b.launcher({ shell });
    const own = getPriority();
    const resources = { nice: 7 };
    const told = async (command: string | string[]) => Number(await b.outputOf(launcher, command, { resources }));
    expect(await told("sh -c nice")).toBe(Math.min(own + 7, 19));
    expect(await told(["nice"])).toBe(Math.min(own + 7, 19));
    expect(Number(await b.outputOf(launcher, "nice"))).toBe(own);
  });

  test("gets nice and env of the system, also if its PATH names others first", async () => {
    const b = bench();
    const folder = b.path("bin");
    mkdirSync(folder);
    for (const name of ["nice", "env", "-echo"]) {
      writeFileSync(`${folder}/${name}`, `#!/bin/sh\necho "this is ${name}"\n`);
      chmodSync(`${folder}/${name}`, 0o755);
    }
    const launcher = b.launcher({ shell });
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const told = async (command: string | string[], resources?: { nice: number }) =>
      (await b.outputOf(launcher, command, { env, ...(resources && { resources }) })).toString();
    expect(await told("echo text", { nice: 7 })).toBe("text\n");
    expect(await told(["echo", "list"], { nice: 7 })).toBe("list\n");
    expect(await told(["-echo"])).toBe("this is -echo\n");
    expect(await told(["-echo"], { nice: 7 })).toBe("this is -echo\n");
    // What the command itself starts comes from its PATH.
    expect(await told("env")).toBe("this is env\n");
  });

  test("does not start if it may not go first", async () => {
    const b = bench();
    const launcher = b.launcher({ shell: withoutRightToGoFirst(b, shell) });
    expect(await b.run(launcher, "echo ran", { resources: { nice: -5 } })).toEqual({
      kind: "not-started",
      message: expect.stringMatching(/^nice: cannot set niceness: Permission denied$/),
      transient: false,
    });
    expect(() => readFileSync(b.stdoutPath, "utf8")).toThrow("ENOENT");
  });
});
