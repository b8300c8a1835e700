/** A worker in this process, with real launchers on a real home. */
import type { Home } from "../../src/home/home.js";
import type { Store } from "../../src/store/contract/store.js";
import type { WorkerOptions } from "../../src/worker/protocol.js";
import { Worker, type WorkerDependencies } from "../../src/worker/worker.js";

const OPTIONS: WorkerOptions = {
  id: "worker-1",
  supervisorId: "s",
  pool: "main",
  concurrency: 2,
  slots: 2,
  queues: null,
  once: false,
  recycling: { maxJobs: null, maxRssBytes: null },
  restarts: 0,
  flags: {},
  logFormat: "json",
  logFile: null,
};

type Given = { readonly store: Store; readonly home: Home } & Pick<WorkerDependencies, "config" | "log">;

export function newWorker(
  given: Given,
  options: Partial<WorkerOptions> = {},
  more: Partial<WorkerDependencies> = {},
): Worker {
  return new Worker({
    options: { ...OPTIONS, ...options },
    environment: { PATH: process.env.PATH ?? "" },
    subreaper: null,
    namer: null,
    fileLimit: null,
    onIdle: () => {},
    onLeaving: () => {},
    ...given,
    ...more,
  });
}
