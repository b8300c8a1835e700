/**
 * The pm2 set-up in examples/, under a real pm2. It is no dependency of ours; to run this, install one anywhere:
 *
 *   npm install --prefix /tmp/pm2 pm2 && QUEUECTL_TEST_PM2=/tmp/pm2/node_modules/.bin/pm2 npx vitest run tests/process/pm2
 */
import { execFile, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PROGRAM } from "../support/program.js";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

const PM2 = process.env.QUEUECTL_TEST_PM2;
const APP = fileURLToPath(new URL("../../examples/pm2/ecosystem.config.cjs", import.meta.url));

interface StatusJson {
  readonly supervisor: { readonly running: boolean; readonly pid: number | null; readonly state: string };
  readonly workers: readonly unknown[];
}

describe.skipIf(!PM2)(`under pm2 (${PM2 ?? "skipped: QUEUECTL_TEST_PM2 does not name one"})`, () => {
  let box: Sandbox;
  beforeEach(() => {
    box = new Sandbox();
    Object.assign(box.env, { PM2_HOME: box.file("pm2"), QUEUECTL: PROGRAM, COUNT: "2" });
  });
  afterEach(async () => {
    await pm2("kill");
    await box.dispose();
  });

  function pm2(...words: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile(PM2 as string, words, { env: box.env, cwd: box.folder }, (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      );
    });
  }
  const status = () => box.json<StatusJson>("status");

  async function start(): Promise<number> {
    await pm2("start", APP);
    const { supervisor, workers } = await status();
    // pm2 has waited until all of them were ready.
    expect(supervisor).toMatchObject({ running: true, state: "running" });
    expect(workers).toHaveLength(2);
    return supervisor.pid as number;
  }

  it("a supervisor that is killed comes back", async () => {
    const killed = await start();
    process.kill(killed, "SIGKILL");
    const back = await waitFor("the next supervisor", async () => {
      const { supervisor } = await status();
      return supervisor.state === "running" && supervisor.pid !== killed && supervisor.pid;
    });
    expect(back).not.toBe(killed);
    await box.ok("enqueue", "--id", "j", "--command", "true");
    await box.reaches("j", "completed");
  });

  it("a stop lets the job in hand finish, and pm2 lets it be", async () => {
    await start();
    await box.ok(
      "enqueue",
      "--id",
      "j",
      "--command",
      "echo $$ > pid; while [ ! -e go ]; do sleep 0.02; done; echo end",
    );
    await waitFor("the job to run", () => box.lines("pid").length > 0);
    const stopped = pm2("stop", "queuectl");
    await waitFor("the drain to begin", async () => (await status()).supervisor.state === "draining");
    writeFileSync(box.file("go"), "");
    await stopped;
    expect(await box.show("j")).toMatchObject({ state: "completed", attempts: 1, stdout: "end\n" });
    expect((await status()).supervisor.running).toBe(false);
  });

  it("resurrect brings it back after pm2 itself was ended", async () => {
    await start();
    await pm2("save");
    await pm2("kill");
    expect((await status()).supervisor.running).toBe(false);
    await pm2("resurrect");
    await waitFor("the supervisor", async () => (await status()).supervisor.state === "running");
  });

  it("a job sees nothing of pm2", async () => {
    await start();
    await box.ok("enqueue", "--id", "j", "--command", "env | cut -d= -f1 | sort");
    const names = (await box.reaches("j", "completed")).stdout.split("\n").filter(Boolean);
    const known = new Set([...Object.keys(box.env), "PWD", "OLDPWD", "SHLVL", "_"]);
    expect(names.filter((name) => !known.has(name) && !name.startsWith("QUEUECTL_"))).toEqual([]);
  });

  it("--detach is refused", async () => {
    await pm2("start", PROGRAM, "--name", "wrong", "--interpreter", "none", "--", "worker", "start", "--detach");
    const log = box.file("pm2/logs/wrong-error.log");
    await waitFor("the refusal", () =>
      box
        .lines(log.slice(box.folder.length + 1))
        .join("\n")
        .includes("under pm2"),
    );
  });
});

it("without pm2: what it waits for comes over the channel that it gives, once all workers are ready", async () => {
  const box = new Sandbox();
  const child = spawn(process.execPath, [PROGRAM, "worker", "start", "--count", "2"], {
    env: { ...box.env, pm_id: "0" },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  try {
    const heard: unknown[] = [];
    child.on("message", (message) => heard.push(message));
    await waitFor("the message", () => heard.length > 0);
    expect(heard).toEqual(["ready"]);
    expect((await box.json<StatusJson>("status")).supervisor.state).toBe("running");
    const ended = new Promise((resolve) => child.on("exit", resolve));
    child.kill("SIGINT");
    // The open channel does not keep it.
    expect(await ended).toBe(0);
  } finally {
    child.kill("SIGKILL");
    await box.dispose();
  }
});
