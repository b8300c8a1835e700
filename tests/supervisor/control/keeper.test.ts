/** The keeper's script, in a real shell. Its supervisors are one-line commands, and its clock goes as a test wants. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KEEPER_SCRIPT } from "../../../supervisor/control/keeper.js";
import { waitFor } from "../../support/wait-for.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "queuectl-keeper-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const log = () => join(folder, "log");
const text = () => (existsSync(log()) ? readFileSync(log(), "utf8") : "");
const pauses = () => [...text().matchAll(/starting it again in (\d+) s/g)].map(([, seconds]) => Number(seconds));

/** @param livesS how long each supervisor lives, by the keeper's clock */
function keep(supervisor: string, livesS = 0) {
  const clock = join(folder, "clock");
  writeFileSync(clock, "0");
  writeFileSync(
    join(folder, "date"),
    `#!/bin/sh\nread -r now <${clock}\necho "$now"\necho $((now + ${livesS})) >${clock}\n`,
    { mode: 0o755 },
  );
  return spawn("/bin/sh", ["-c", KEEPER_SCRIPT, "queuectl-keeper", log(), "/bin/sh", "-c", supervisor], {
    env: { PATH: `${folder}:${process.env.PATH}` },
    cwd: folder,
    stdio: "ignore",
  });
}

/** A supervisor that ends in one way some times, and then on purpose. */
const times = (count: number, end: string) => `echo run >>runs; [ $(grep -c . runs) -gt ${count} ] || ${end}; exit 0`;

describe("a killed supervisor", () => {
  const kill = "kill -KILL $$";

  it("is started again at once, however often, if it had lived", async () => {
    const [code] = await once(keep(times(30, kill), 2), "exit");
    expect(code).toBe(0);
    expect(pauses()).toEqual(Array(30).fill(0));
  });

  it("that dies young comes back at once ten times, then as after a crash", async () => {
    const keeper = keep(times(100, kill));
    await waitFor("the keeper to pause", () => pauses().length === 12);
    expect(pauses()).toEqual([...Array(11).fill(0), 1]);
    keeper.kill("SIGTERM");
    expect(await once(keeper, "exit")).toEqual([137, null]);
  });
});

it("a supervisor that crashes waits from the second time on, and a TERM ends the wait", async () => {
  const keeper = keep("exit 1", 2);
  await waitFor("the keeper to wait for long", () => pauses().at(-1) === 2);
  expect(pauses()).toEqual([0, 1, 2]);
  keeper.kill("SIGTERM");
  expect(await once(keeper, "exit")).toEqual([1, null]);
});

describe("a home that another process has", () => {
  it("ends the first start", async () => {
    expect(await once(keep("exit 6"), "exit")).toEqual([6, null]);
    expect(pauses()).toEqual([]);
  });

  it("is waited for after a restart", async () => {
    const supervisor = "echo run >>runs; case $(grep -c . runs) in 1) kill -KILL $$ ;; 2) exit 6 ;; esac; exit 0";
    expect(await once(keep(supervisor), "exit")).toEqual([0, null]);
    expect(pauses()).toEqual([0, 0]);
    expect(text()).toContain("ended with exit code 6");
  });
});
