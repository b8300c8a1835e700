/**
 * Processes that do all they can to outlive their attempt. Each writes its pid to `survivor`, and none may be alive when the
 * outcome of an attempt that may run again is known.
 */
import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import type { Launcher } from "../../src/exec/launcher.js";
import { groupMembers } from "../../src/system/process/group.js";
import { processEntry, processTable } from "../../src/system/process/table.js";
import { waitFor } from "../support/wait-for.js";
import { type Bench, bench, SHELLS } from "./bench.js";

const PYTHON = ["/usr/bin/python3", "/usr/local/bin/python3"].find((path) => existsSync(path));
const WORKER = fileURLToPath(new URL("fixtures/worker.ts", import.meta.url));
const onLinux = process.platform === "linux" && ["x64", "arm64"].includes(process.arch);

/** The main thread ends, another one lives on and ignores TERM. */
const HEADLESS = `${PYTHON} -c '
import ctypes, os, signal, threading, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
threading.Thread(target=time.sleep, args=(1000,)).start()
open("survivor", "w").write(str(os.getpid()))
ctypes.CDLL(None).pthread_exit(None)' &`;

const ESCAPES: readonly (readonly [string, string])[] = [
  ["leaves session and environment", `setsid env -i sh -c 'echo $$ > survivor; exec sleep 1000' &`],
  [
    "is a daemon that hides its origin",
    `(setsid env -i sh -c '(echo $(exec sh -c "echo \\$PPID") > survivor; exec sleep 1000) & exit' &)`,
  ],
  ["drops the fence", `(env -u QUEUECTL_FENCE setsid sh -c 'echo $$ > survivor; exec sleep 1000' &)`],
  ...(PYTHON === undefined ? [] : [["is a zombie whose threads live", HEADLESS] as const]),
];

let survivor: number | undefined;
afterEach(() => {
  // Where it was not found, which is what this is about, no other process ends it.
  if (survivor !== undefined && processEntry(survivor) !== null) process.kill(survivor, "SIGKILL");
  survivor = undefined;
});

const SUBREAPER = fileURLToPath(new URL(`../../dist/subreaper-${process.arch}`, import.meta.url));

function launcherOf(b: Bench, shell: string): Launcher {
  return b.launcher({ shell, subreaper: SUBREAPER, killGraceMs: 50 });
}

async function pidOf(b: Bench): Promise<number> {
  survivor = Number(await waitFor("the survivor", () => b.read("survivor")));
  await waitFor("it to run", () => processEntry(survivor as number) !== null);
  return survivor;
}

/**
 * Each process starts the next one in a session of its own, counts, and ends. Where one gets away, the chain ends with
 * the test's directory.
 */
const CHAIN = `n=\\$((n+1)); echo \\$n > count || exit; sleep 0.003; setsid env -i n=\\$n CHAIN=\\"\\$CHAIN\\" sh -c \\"\\$CHAIN\\" &`;
const FORK_CHAIN = `CHAIN="${CHAIN}"; export CHAIN; n=0 setsid sh -c "$CHAIN"; sleep 1000`;

const STAY = "while [ ! -s survivor ]; do sleep 0.01; done";

describe.skipIf(!onLinux).each(SHELLS)("launched by %s, a process that", (shell) => {
  test.each(ESCAPES)("%s does not outlive a failure", async (_, leave) => {
    const b = bench();
    const launcher = launcherOf(b, shell);
    expect(await b.run(launcher, `${leave}\n${STAY}; exit 3`)).toEqual({ kind: "failed", exitCode: 3 });
    survivor = Number(b.read("survivor"));
    expect(processEntry(survivor)).toBeNull();
    expect(await b.run(launcher, "true")).toEqual({ kind: "succeeded" });
  });

  test.each(ESCAPES)("%s does not outlive a time limit", async (_, leave) => {
    const b = bench();
    const launcher = launcherOf(b, shell);
    const outcome = await b.run(launcher, `${leave}\n${STAY}; sleep 1000`, { timeoutMs: 1500 });
    expect(outcome).toMatchObject({ kind: "timed-out" });
    survivor = Number(b.read("survivor"));
    expect(survivor).toBeGreaterThan(0);
    expect(processEntry(survivor)).toBeNull();
  });

  test.each(ESCAPES)("%s does not outlive a cancellation", async (_, leave) => {
    const b = bench();
    const execution = launcherOf(b, shell).run(b.request(`${leave}\nwait; sleep 1000`));
    const pid = await pidOf(b);
    execution.stop({ kind: "cancelled", reason: null }, 50);
    expect(await execution.ended).toMatchObject({ kind: "cancelled" });
    expect(processEntry(pid)).toBeNull();
  });

  test("forks away every few milliseconds does not get away", async () => {
    const b = bench();
    const execution = launcherOf(b, shell).run(b.request(FORK_CHAIN));
    await waitFor("some forks", () => Number(b.read("count")) > 5);
    execution.stop({ kind: "cancelled", reason: null }, 50);
    expect(await execution.ended).toMatchObject({ kind: "cancelled" });
    const count = b.read("count");
    await sleep(50);
    expect(b.read("count")).toBe(count);
  });

  test("is left behind in the group by a short success is ended with it", async () => {
    const b = bench();
    const launcher = launcherOf(b, shell);
    const command = `sh -c 'trap "" TERM; echo $$ > survivor; exec sleep 1000' &\n${STAY}`;
    expect(await b.run(launcher, command)).toEqual({ kind: "succeeded" });
    expect(processEntry(Number(b.read("survivor")))).toBeNull();
  });

  test("outlives a success belongs to no later attempt", async () => {
    const b = bench();
    const launcher = launcherOf(b, shell);
    expect(await b.run(launcher, `${ESCAPES[0]?.[1]}\n${STAY}`)).toEqual({ kind: "succeeded" });
    const pid = await pidOf(b);
    expect(await b.run(launcher, "exit 3")).toEqual({ kind: "failed", exitCode: 3 });
    expect(processEntry(pid)).not.toBeNull();
  });
});

describe.skipIf(!onLinux)("when the worker is killed, a process that", () => {
  test.each(ESCAPES)("%s dies as well", async (_, leave) => {
    const b = bench();
    const worker = await startWorker(b, `${leave}\nwait; sleep 1000`);
    const pid = await pidOf(b);
    worker.kill("SIGKILL");
    await waitFor("the survivor's end", () => processEntry(pid) === null);
  });

  /** Processes that die with it are listed before it, and it has forked away before its own state is read. */
  test("forks away as fast as it can among many others dies as well", async () => {
    const b = bench();
    // Each link holds the lock that the first one took. A chain that got away ends with the test's directory.
    writeFileSync(b.path("link"), "sh link &");
    // Where they get away, they end by themselves.
    const others = "setsid sleep 60 & ".repeat(30);
    const chain = `exec 9>lock; flock -n 9; ${others} setsid env -i sh link & touch on; sleep 1000`;
    const worker = await startWorker(b, chain);
    await waitFor("the chain", () => existsSync(b.path("on")));
    const launchers = processTable().filter(({ ppid }) => ppid === worker.pid);
    worker.kill("SIGKILL");
    await waitFor("the launcher's end", () => launchers.every(({ pid }) => groupMembers(pid).length === 0));
    expect(spawnSync("flock", ["-n", b.path("lock"), "true"]).status).toBe(0);
  });
});

async function startWorker(b: Bench, ...commands: string[]): Promise<ChildProcess> {
  const worker = fork(WORKER, ["--run", b.dir, ...commands], {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, FENCE: String(b.marker.fence), SUBREAPER },
  });
  await once(worker, "message");
  return worker;
}
