/** Node opens its debugger on USR1, to every user of the machine. Our processes do not. */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox();
});
afterEach(() => box.dispose());

/** Whether a process listens on the debugger's port of the loopback address. */
const debuggerListens = () => / 0100007F:240D 00000000:0000 0A /.test(readFileSync("/proc/net/tcp", "latin1"));

it.skipIf(process.platform !== "linux")("no process opens the debugger on USR1", async () => {
  await box.ok("enqueue", "--id", "long", "--", "sleep", "1000");
  const supervisor = await box.supervisor();
  await box.reaches("long", "processing");
  const waiting = box.start(["wait", "long"]);
  const caught = () => (BigInt(`0x${statusOf(waiting.pid, "SigCgt")}`) >> 9n) & 1n;
  await waitFor(
    "the command to run its program",
    () => caught() === 1n && statusOf(waiting.pid, "State").startsWith("S"),
  );
  const [worker] = await box.json<{ pid: number }[]>("worker", "list");
  for (const pid of [supervisor.pid, worker?.pid as number, waiting.pid]) process.kill(pid, "SIGUSR1");
  // They have heard it when they have answered what came after it.
  await box.ok("cancel", "long");
  expect(await waiting.exited).toBe(4);
  await box.ok("worker", "stop");
  const { stderr } = await supervisor.ended;
  expect(debuggerListens()).toBe(false);
  expect(stderr + waiting.stderr).not.toContain("Debugger");
});

function statusOf(pid: number, field: string): string {
  return new RegExp(`^${field}:\\s*(\\S+)`, "m").exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? "";
}
