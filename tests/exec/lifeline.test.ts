import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { killStrays } from "../../src/exec/processes/strays.js";
import { groupMembers } from "../../src/system/process/group.js";
import { waitFor } from "../support/wait-for.js";
import { type Bench, bench } from "./bench.js";

const WORKER = fileURLToPath(new URL("fixtures/worker.ts", import.meta.url));
let worker: ChildProcess | undefined;
let surroundings: Bench | undefined;

afterEach(async () => {
  worker?.kill("SIGKILL");
  // Where the lifeline does not work, which is what this is about, nobody else would.
  if (surroundings) await killStrays(surroundings.marker);
});

function startWorker(b: Bench, mode: string, ...commands: string[]): ChildProcess {
  surroundings = b;
  worker = fork(WORKER, [mode, b.dir, ...commands], {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, FENCE: String(b.marker.fence) },
  });
  return worker;
}

test("when the worker is killed, everything in its launchers' groups dies at once", async () => {
  const b = bench();
  const ignore = "trap '' TERM INT HUP QUIT; sleep 60 & echo up; while :; do sleep 60; done";
  const victim = startWorker(b, "--run", ignore, ignore);
  const [{ groups }] = await once(victim, "message");
  await waitFor("both commands", () => b.read("out0") && b.read("out1"));
  expect(b.leftovers().length).toBeGreaterThanOrEqual(4);

  victim.kill("SIGKILL");
  await once(victim, "exit");
  const start = performance.now();
  await waitFor("the groups' end", () => groups.every((group: number) => groupMembers(group).length === 0), 5000);
  expect(b.leftovers()).toEqual([]);
  // Some ten milliseconds on an idle machine; promised are 100, and this one may be busy.
  expect(performance.now() - start).toBeLessThan(2000);
});

test("a launcher's lifeline is held by nothing that another one runs", async () => {
  const b = bench();
  const first = b.launcher();
  await b.run(first, "true");
  const second = b.launcher().run(b.request("echo up; exec sleep 60"));
  await waitFor("the second command", () => b.read("out"));
  const group = first.pid as number;
  await first.close();
  expect(groupMembers(group)).toEqual([]);
  second.stop({ kind: "interrupted" }, 0);
  await second.ended;
});

test("a worker that is out of descriptors is told that this passes", async () => {
  const b = bench();
  const poor = startWorker(b, "--no-files", "true");
  await once(poor, "message");
  const [{ outcome }] = await once(poor, "message");
  expect(outcome).toMatchObject({ kind: "not-started", transient: true });
});
