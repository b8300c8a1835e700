/** The keeper's script, in a real shell. Its supervisors are one-line commands. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KEEPER_SCRIPT } from "../../../supervisor/control/keeper.js";
import { waitFor } from "../../support/wait-for.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "queuectl-keeper-"));
  mkdirSync(join(folder, "logs"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const log = () => join(folder, "logs", "log");
const text = () => (existsSync(log()) ? readFileSync(log(), "utf8") : "");
const pauses = () => [...text().matchAll(/starting it again in (\d+) s/g)].map(([, seconds]) => Number(seconds));

function keep(supervisor: string) {
  return spawn("/bin/sh", ["-c", KEEPER_SCRIPT, "queuectl-keeper", log(), "/bin/sh", "-c", supervisor], {
    cwd: folder,
    stdio: "ignore",
  });
}

/** A shell's answer to which start this is, from 1. */
const COUNT = "echo run >>runs; n=$(grep -c . runs);";

describe("a killed supervisor", () => {
  it("is started again at once, also after many that died young, if one had lived", async () => {
    const supervisor = `${COUNT} [ $n -ne 11 ] || sleep 2.1; [ $n -gt 15 ] || kill -KILL $$; exit 0`;
    expect(await once(keep(supervisor), "exit")).toEqual([0, null]);
    expect(pauses()).toEqual(Array(15).fill(0));
  });

  it("that dies young comes back at once ten times, then as after a crash", async () => {
    const keeper = keep("kill -KILL $$");
    await waitFor("the keeper to pause", () => pauses().includes(1));
    // On a slow machine one may have lived for two seconds, after which there are ten more.
    expect(pauses().length).toBeGreaterThanOrEqual(12);
    expect(pauses().length).toBeLessThan(200);
    keeper.kill("SIGTERM");
    expect(await once(keeper, "exit")).toEqual([137, null]);
  });
});

it("a supervisor that crashes waits from the second time on, and a TERM ends the wait", async () => {
  const keeper = keep("exit 1");
  await waitFor("the keeper to wait for long", () => pauses().at(-1) === 2);
  expect(pauses()).toEqual([0, 1, 2]);
  keeper.kill("SIGTERM");
  expect(await once(keeper, "exit")).toEqual([1, null]);
});

it("a home that was deleted gets no other supervisor, and is not made anew", async () => {
  const keeper = keep(`rm -r '${folder}'; kill -KILL $$`);
  expect(await once(keeper, "exit")).toEqual([137, null]);
  expect(existsSync(folder)).toBe(false);
});

describe("a home that another process has", () => {
  it("ends the first start", async () => {
    expect(await once(keep("exit 6"), "exit")).toEqual([6, null]);
    expect(pauses()).toEqual([]);
  });

  it("is waited for after a restart", async () => {
    const supervisor = `${COUNT} case $n in 1) kill -KILL $$ ;; 2) exit 6 ;; esac; exit 0`;
    expect(await once(keep(supervisor), "exit")).toEqual([0, null]);
    expect(pauses()).toEqual([0, 0]);
    expect(text()).toContain("ended with exit code 6");
  });
});
