/** Which processes are found by the environment of their attempt. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import { findStrays, killStrays } from "../../../src/exec/processes/strays.js";
import { processEntry } from "../../../src/system/process/table.js";
import { waitFor } from "../../support/wait-for.js";

const PYTHON = ["/usr/bin/python3", "/usr/local/bin/python3"].find((path) => existsSync(path));
/** The main thread ends, so the process is shown as a zombie without an environment; another thread lives on. */
const HEADLESS = `
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(1000,)).start()
ctypes.CDLL(None).pthread_exit(None)`;

const marker = { home: `/home-of-${process.pid}`, jobId: "j", fence: 7 };
const env = { QUEUECTL_HOME: marker.home, QUEUECTL_JOB_ID: "j", QUEUECTL_FENCE: "7" };
const pids: number[] = [];
afterEach(() => {
  for (const pid of pids.splice(0)) if (processEntry(pid) !== null) process.kill(pid, "SIGKILL");
});

function start(program: string, words: readonly string[]): number {
  const child = spawn(program, words, { env, stdio: "ignore" });
  pids.push(child.pid as number);
  return child.pid as number;
}

it.skipIf(PYTHON === undefined || process.platform !== "linux")(
  "finds a process whose main thread has ended, and ends it",
  async () => {
    const sleeper = start("/bin/sleep", ["1000"]);
    const headless = start(PYTHON as string, ["-c", HEADLESS]);
    await waitFor("its main thread to end", () => isHeadless(headless));
    expect(findStrays(marker).map(({ pid }) => pid)).toEqual([sleeper, headless].sort((a, b) => a - b));
    expect(findStrays({ ...marker, fence: 8 })).toEqual([]);
    expect(await killStrays(marker)).toBe(true);
    expect([sleeper, headless].map((pid) => processEntry(pid))).toEqual([null, null]);
  },
);

function isHeadless(pid: number): boolean {
  return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
}
