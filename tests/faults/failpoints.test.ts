/**
 * A process dies at every place where something has happened that nobody knows of yet: the worker, its supervisor, or
 * both. Whatever is left, or started next, brings every job to its end.
 */
import { afterEach, describe, expect, it } from "vitest";
import { contextOf } from "../../src/queue/client.js";
import type { FailpointName } from "../../src/system/failpoint.js";
import type { Background } from "../support/background.js";
import { waitFor } from "../support/wait-for.js";
import { type Action, FaultBox } from "./fault-box.js";

const NAMES: readonly FailpointName[] = [
  "after-claim",
  "before-start",
  "after-start",
  "exited-unsettled",
  "in-transaction",
  "settled-unacknowledged",
  "renewing",
  "reclaiming",
  "draining",
];
const ACTIONS: readonly Action[] = ["worker", "supervisor", "both"];
const CASES = NAMES.flatMap((name) => ACTIONS.map((action) => [name, action] as const));

const boxes: FaultBox[] = [];
afterEach(async () => {
  for (const box of boxes.splice(0)) await box.dispose();
});

describe("at the failpoint", () => {
  it.each(CASES)("%s, the death of %s loses nothing and repeats nothing", async (name, action) => {
    const box = new FaultBox();
    boxes.push(box);
    box.arm(name, action);
    const supervisor = await box.supervisor("--count", "2");
    for (const id of ["a", "b", "c"]) await box.enqueue(id, "sleep 0.7", { maxRetries: 5 });
    await provoke(name, box, supervisor);
    await waitFor(`${name} to be reached`, () => box.reached);
    if (action !== "worker" || name === "draining") {
      await supervisor.exited;
      await box.supervisor("--count", "2");
    }
    await box.idle();
    expect(await box.verdict()).toEqual([]);
    for (const id of ["a", "b", "c"]) expect((await box.history(id)).job.state).toBe("completed");
  });
});

/** Two of the places are only reached when something else has happened. */
async function provoke(name: FailpointName, box: FaultBox, supervisor: Background): Promise<void> {
  if (name !== "reclaiming" && name !== "draining") return;
  await box.began("a");
  if (name === "draining") supervisor.child.kill("SIGTERM");
  else process.kill(await workerOf("a", box), "SIGKILL");
}

/** The other worker may have no job, and then nothing is reclaimed. */
async function workerOf(id: string, box: FaultBox): Promise<number> {
  const { workerId } = (await box.history(id)).job;
  const { store } = contextOf(await box.client());
  const worker = (await store.processes.list()).find((process) => process.id === workerId);
  if (worker === undefined) throw new Error(`no worker runs ${id}`);
  return worker.pid;
}

it("are not in the program that is published", async () => {
  const { readdirSync, readFileSync } = await import("node:fs");
  const switches = ["QUEUECTL_FAILPOINT", "QUEUECTL_ALWAYS_AHEAD", "FAILPOINTS"];
  const traces = [...NAMES.filter((name) => name.includes("-")), "mid-firing", ...switches];
  const inBuild = (build: string) => {
    const files = readdirSync(new URL(`../../${build}/`, import.meta.url)).filter((file) => file.endsWith(".js"));
    const text = files.map((file) => readFileSync(new URL(`../../${build}/${file}`, import.meta.url), "utf8")).join();
    return traces.filter((trace) => text.includes(trace));
  };
  expect(inBuild("dist")).toEqual([]);
  expect(inBuild("dist-faults")).toContain("QUEUECTL_FAILPOINT");
});
