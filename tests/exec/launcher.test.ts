import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { groupMembers } from "../../src/system/process/group.js";
import { waitFor } from "../support/wait-for.js";
import { bench, SHELLS } from "./bench.js";

const succeeded = { kind: "succeeded" };

describe("a launcher", () => {
  test("runs one command at a time", async () => {
    const b = bench();
    const launcher = b.launcher();
    const first = launcher.run(b.request("sleep 60"));
    expect(() => launcher.run(b.request("true"))).toThrow("busy");
    first.stop({ kind: "interrupted" }, 0);
    await first.ended;
    expect(await b.run(launcher, "true")).toEqual(succeeded);
  });

  test("runs them all in one shell", async () => {
    const b = bench();
    const launcher = b.launcher();
    expect(launcher.pid).toBeNull();
    await b.run(launcher, "true");
    const { pid } = launcher;
    for (let i = 0; i < 50; i++) expect(await b.run(launcher, "true")).toEqual(succeeded);
    expect(launcher.pid).toBe(pid);
    expect((await b.outputOf(launcher, "echo $PPID")).toString()).toBe(`${pid}\n`);
    expect(launcher.pid).toBe(pid);
  });

  test("tells the pid of a command, and null of one that could not start", async () => {
    const b = bench();
    const launcher = b.launcher();
    for (const command of ["echo $$", "echo $$; sleep 0.1", "exec sh -c 'echo $$'"]) {
      const run = launcher.run(b.request(command));
      await run.ended;
      expect(b.read("out")?.endsWith(`${await run.pid}\n`)).toBe(existsSync("/proc"));
    }
    const none = launcher.run(b.request("true", { cwd: "/no/such/place" }));
    await none.ended;
    expect(await none.pid).toBeNull();
  });

  test("gets a new shell after it lost the old one", async () => {
    const b = bench();
    const launcher = b.launcher();
    await b.run(launcher, "true");
    const before = launcher.pid as number;
    process.kill(before, "SIGKILL");
    await waitFor("its end to be noticed", () => launcher.pid === null);
    expect(await b.run(launcher, "true")).toEqual(succeeded);
    expect(launcher.pid).not.toBe(before);
    expect(groupMembers(before)).toEqual([]);
  });

  test("gets a new shell after a command killed its lifeline", async () => {
    const b = bench();
    const launcher = b.launcher();
    await b.run(launcher, "true");
    const before = launcher.pid as number;
    const reader = await waitFor("the reader", () => groupMembers(before).find(({ pid }) => pid !== before));
    await b.run(launcher, `kill -9 ${reader.pid}; sleep 0.1`);
    expect(await b.run(launcher, "true")).toEqual(succeeded);
    expect(launcher.pid).not.toBe(before);
    await waitFor("the old shell's end", () => groupMembers(before).length === 0);
  });
});

describe("closing", () => {
  test.each(SHELLS)("ends an idle %s and what was left in its group", async (shell) => {
    const b = bench();
    const launcher = b.launcher({ shell });
    await b.run(launcher, "(trap '' TERM; echo up > up; sleep 60) & while [ ! -e up ]; do :; done");
    const group = launcher.pid as number;
    await launcher.close();
    expect(groupMembers(group)).toEqual([]);
    expect(() => launcher.run(b.request("true"))).toThrow("closed");
    await launcher.close();
  });

  test("kills the command that is running", async () => {
    const b = bench();
    const launcher = b.launcher();
    const execution = launcher.run(b.request("trap '' TERM; sleep 60"));
    const group = launcher.pid as number;
    await launcher.close();
    expect(await execution.ended).toEqual({ kind: "interrupted" });
    expect(groupMembers(group)).toEqual([]);
    expect(b.leftovers()).toEqual([]);
  });

  test("is nothing for one that never ran anything", async () => {
    await bench().launcher().close();
  });
});

describe("a shell that cannot launch", () => {
  test("because it is not there is no passing trouble", async () => {
    const b = bench();
    const launcher = b.launcher({ shell: "/no/such/shell" });
    for (let i = 0; i < 2; i++) {
      expect(await b.run(launcher, "true")).toMatchObject({ kind: "not-started", transient: false });
    }
    const stopped = launcher.run(b.request("true"));
    stopped.stop({ kind: "interrupted" }, 0);
    expect(await stopped.ended).toEqual({ kind: "interrupted" });
  });

  test("because it cannot fork is", async () => {
    const b = bench();
    const shell = b.path("shell");
    writeFileSync(shell, "#!/bin/sh\necho 'sh: 0: Cannot fork'\nexit 2\n");
    chmodSync(shell, 0o700);
    const message = "Cannot fork";
    expect(await b.run(b.launcher({ shell }), "true")).toEqual({ kind: "not-started", message, transient: true });
  });
});
