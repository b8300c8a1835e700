/** A supervisor that is the first process of its pid namespace, as in a container without an init. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PROGRAM } from "../support/program.js";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

/** A new pid namespace with a /proc of its own; only root may make one. */
const UNSHARE = ["--pid", "--fork", "--mount-proc", "--kill-child"];
const possible = process.platform === "linux" && spawnSync("unshare", [...UNSHARE, "true"]).status === 0;

describe.skipIf(!possible)("a supervisor as process 1 (skipped where unshare is not allowed)", () => {
  let box: Sandbox;
  let container: ChildProcess | undefined;
  beforeEach(() => {
    box = new Sandbox();
  });
  afterEach(async () => {
    container?.kill("SIGKILL");
    await box.dispose();
  });

  /** Resolves to the end of the supervisor, and to how a command runs beside it. */
  async function start(...flags: string[]) {
    const words = [process.execPath, PROGRAM, "worker", "start", ...flags];
    const unshare = spawn("unshare", [...UNSHARE, ...words], { env: box.env, cwd: box.folder, stdio: "pipe" });
    container = unshare;
    const ended = new Promise<number | null>((exited) => unshare.once("exit", exited));
    let said = "";
    for (const stream of [unshare.stdout, unshare.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    }
    await waitFor("the supervisor to be ready", () => said.includes("started")).catch((error) => {
      throw new Error(`${error.message}\n${said}`);
    });
    // Outside, the first process of the namespace has another pid.
    const first = readFileSync(`/proc/${unshare.pid}/task/${unshare.pid}/children`, "utf8").trim();
    const beside = (...command: string[]) => {
      const enter = ["--target", first, "--pid", "--mount", "--", process.execPath, PROGRAM, ...command];
      return spawnSync("nsenter", enter, { env: box.env, cwd: box.folder, encoding: "utf8" });
    };
    return { ended, beside };
  }

  it("is found, scaled and stopped from beside it", { timeout: 60_000 }, async () => {
    const { ended, beside } = await start("--count", "1");
    expect(JSON.parse(readFileSync(join(box.home, "supervisor.pid"), "utf8"))).toMatchObject({ pid: 1, workers: 1 });
    expect(beside("worker", "start", "--name", "main")).toMatchObject({
      status: 6,
      stderr: expect.stringContaining("(pid 1)"),
    });
    expect(beside("worker", "scale", "2")).toMatchObject({ status: 0 });
    await box.ok("enqueue", '{"id":"a","command":"true"}');
    await box.reaches("a", "completed");
    // The end of the first process ends its namespace: it kills the command too, before or after that has seen the end.
    const stop = beside("worker", "stop", "--timeout", "20s");
    expect([0, null]).toContain(stop.status);
    expect(await ended).toBe(0);
    expect(existsSync(join(box.home, "supervisor.pid"))).toBe(false);
  });
});
