/** A worker whose supervisor dies while the worker is still starting: nobody is left to tell it to go. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { WorkerOptions } from "../../src/worker/protocol.js";
import { FaultBox } from "./fault-box.js";

const WORKER = fileURLToPath(new URL("../../dist-faults/worker.js", import.meta.url));

let box: FaultBox;
beforeEach(() => {
  box = new FaultBox();
});
afterEach(() => box.dispose());

it("leaves by itself, and claims nothing", async () => {
  await box.enqueue("j", "true");
  const options: WorkerOptions = {
    id: "abandoned.1",
    pool: "main",
    supervisorId: "abandoned",
    concurrency: 1,
    slots: 1,
    queues: null,
    once: false,
    recycling: { maxJobs: null, maxRssBytes: null },
    restarts: 0,
    flags: {},
    logFormat: "json",
    logFile: null,
  };
  const worker = spawn(process.execPath, [WORKER, JSON.stringify(options)], {
    env: box.env,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  worker.disconnect();
  expect(await once(worker, "exit")).toEqual([0, null]);
  expect((await box.history("j")).job.state).toBe("pending");
});
