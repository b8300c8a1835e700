/** A supervisor under systemd, as far as that can be had without systemd: its socket, its variables, its checker. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NO_NOTIFY_SOCKET, NotifySocket } from "../support/notify-socket.js";
import { PROGRAM } from "../support/program.js";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

const UNIT = fileURLToPath(new URL("../../examples/systemd/queuectl.service", import.meta.url));
const WATCHDOG_MS = 2500;

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox();
});
afterEach(() => box.dispose());

describe.skipIf(NO_NOTIFY_SOCKET)(`a service (${NO_NOTIFY_SOCKET || "systemd-notify is here"})`, () => {
  let socket: NotifySocket;
  beforeEach(async () => {
    socket = await NotifySocket.open(box.file("notify"), WATCHDOG_MS);
    box.env.NOTIFY_SOCKET = socket.path;
  });
  afterEach(() => socket.close());

  it("says that it is ready when all its workers are, and that it stops while a job still runs", async () => {
    const supervisor = await box.supervisor("--count", "2");
    await waitFor("the readiness to arrive", () => socket.count("READY=1 STATUS=2 worker(s)") === 1);
    await box.ok("enqueue", "--id", "j", "--command", "echo $$ > pid; while [ ! -e go ]; do sleep 0.02; done");
    await waitFor("the job to run", () => box.lines("pid").length > 0);
    supervisor.child.kill("SIGTERM");
    await waitFor("the stop to arrive", () => socket.count("STOPPING=1") === 1);
    expect((await box.show("j")).state).toBe("processing");
    writeFileSync(box.file("go"), "");
    expect(await supervisor.exited).toBe(0);
    expect(socket.count("READY=1")).toBe(1);
  });

  it("feeds the watchdog while it turns, during a stop as well, and not when it hangs", async () => {
    box.env.WATCHDOG_USEC = String(WATCHDOG_MS * 1000);
    const supervisor = await box.supervisor();
    await waitFor("the watchdog to be fed twice", () => socket.count("WATCHDOG=1") >= 2);
    await box.ok("enqueue", "--id", "j", "--command", "echo $$ > pid; exec sleep 1000");
    await waitFor("the job to run", () => box.lines("pid").length > 0);
    supervisor.child.kill("SIGTERM");
    await waitFor("the stop to arrive", () => socket.count("STOPPING=1") === 1);
    const fed = socket.count("WATCHDOG=1");
    await waitFor("the watchdog to be fed during the stop", () => socket.count("WATCHDOG=1") > fed);
    supervisor.child.kill("SIGSTOP");
    const silences = socket.count("silence");
    await waitFor("the watchdog to starve", () => socket.count("silence") > silences);
    supervisor.child.kill("SIGCONT");
  });

  it("keeps systemd's variables from its jobs", async () => {
    await box.ok("enqueue", "--id", "j", "--command", 'echo "socket=$NOTIFY_SOCKET"');
    await box.ok("worker", "start", "--drain");
    expect((await box.show("j")).stdout).toBe("socket=\n");
  });
});

it("without the program systemd-notify a service says so once and works all the same", async () => {
  mkdirSync(box.file("empty"));
  Object.assign(box.env, { PATH: box.file("empty"), NOTIFY_SOCKET: box.file("nobody"), WATCHDOG_USEC: "2000000" });
  const supervisor = await box.supervisor();
  await box.ok("enqueue", "--id", "j", "--command", "echo hi");
  await box.reaches("j", "completed");
  supervisor.child.kill("SIGTERM");
  expect(await supervisor.exited).toBe(0);
  expect(supervisor.stderr.match(/systemd-notify is missing/g)).toHaveLength(1);
});

describe("worker start --detach", () => {
  it.each([
    ["systemd's socket", { NOTIFY_SOCKET: "/run/systemd/notify" }, "under systemd"],
    ["being what systemd executed", { SYSTEMD_EXEC_PID: String(process.pid) }, "under systemd"],
    ["pm2's number", { pm_id: "0" }, "under pm2"],
  ])("is refused with 78 because of %s", async (_, env, why) => {
    Object.assign(box.env, env);
    const { code, stderr } = await box.run(["worker", "start", "--detach"]);
    expect(code).toBe(78);
    expect(stderr).toContain(why);
    expect(stderr).toContain("leave out --detach");
  });

  it("is not refused in a terminal that systemd's user manager started", async () => {
    Object.assign(box.env, { INVOCATION_ID: "5f2a", SYSTEMD_EXEC_PID: "1" });
    await box.ok("worker", "start", "--detach");
  });
});

describe("the unit in examples/", () => {
  const analyze = spawnSync("systemd-analyze", ["--version"]).status === 0;
  it.skipIf(!analyze)(`passes systemd's own check (${analyze ? "" : "skipped: systemd-analyze is not here"})`, () => {
    const unit = readFileSync(UNIT, "utf8").replace("/usr/local/bin/queuectl", PROGRAM);
    writeFileSync(box.file("queuectl.service"), unit);
    const words = ["verify", "--man=no", "--recursive-errors=no", box.file("queuectl.service")];
    expect(spawnSync("systemd-analyze", words, { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });

  it("gives a stop the grace and 15 s", () => {
    const unit = readFileSync(UNIT, "utf8");
    const grace = Number(/--grace (\d+)s/.exec(unit)?.[1]);
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBe(grace + 15);
  });
});
