/** Worker processes as the supervisor hears them: real children that speak over a real channel. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { locateHome } from "../../../src/home/home.js";
import type { Message } from "../../../supervisor/pure/state.js";
import { WorkerProcesses } from "../../../supervisor/run/worker-processes.js";
import { waitFor } from "../../support/wait-for.js";

const FIXTURE = fileURLToPath(new URL("./fixtures/worker.js", import.meta.url));

let folder: string;
let messages: Message[];
let workers: WorkerProcesses;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "queuectl-workers-"));
  messages = [];
  workers = having(FIXTURE);
});
afterEach(() => rmSync(folder, { recursive: true }));

function having(entry: string): WorkerProcesses {
  const options = {
    supervisorId: "s",
    pool: "main",
    concurrency: 1,
    queues: null,
    once: false,
    recycling: { maxJobs: null, maxRssBytes: null },
    flags: {},
    logFormat: "json" as const,
    logFile: null,
  };
  return new WorkerProcesses(locateHome({ home: folder }, {}), options, entry);
}

const spawn = (id: string) => workers.spawn({ id, restarts: 0, slots: 1 }, (message) => messages.push(message));
const said = () => messages.flatMap((m) => (m.type === "from-worker" ? [m.message] : []));
const ready = () => waitFor("the worker to be ready", () => said().some(({ type }) => type === "ready"));
const exit = () => waitFor("its exit", () => messages.find((message) => message.type === "exited"));

it("passes on every word of a worker before its exit", async () => {
  spawn("leaves");
  await ready();
  workers.tell("leaves", { type: "drain" });
  expect(await exit()).toEqual({ type: "exited", id: "leaves", code: 3, signal: null });
  expect(messages[0]).toMatchObject({ type: "spawned", id: "leaves" });
  expect(messages.at(-1)).toMatchObject({ type: "exited" });
  expect(said().filter(({ type }) => type === "heartbeat")).toHaveLength(100);
  expect(said().at(-1)).toEqual({ type: "finished", ran: 7, interrupted: 0 });
});

it("tells of a crash by its signal, once", async () => {
  spawn("crashes");
  await ready();
  workers.tell("crashes", { type: "drain" });
  expect(await exit()).toEqual({ type: "exited", id: "crashes", code: null, signal: "SIGSEGV" });
  expect(said().filter(({ type }) => type === "heartbeat")).toHaveLength(100);
  expect(messages.filter(({ type }) => type === "exited")).toHaveLength(1);
});

it("kills a worker that is to be killed, and then has nothing to tell or kill", async () => {
  spawn("killed");
  await ready();
  workers.kill("killed", "SIGKILL");
  expect(await exit()).toMatchObject({ code: null, signal: "SIGKILL" });
  workers.tell("killed", { type: "drain" });
  workers.kill("killed", "SIGKILL");
  expect(messages.filter(({ type }) => type === "exited")).toHaveLength(1);
});

it("tells of a worker that does not get as far as a word", async () => {
  workers = having(join(folder, "is-not-there.js"));
  spawn("w");
  expect(await exit()).toMatchObject({ id: "w", code: 1 });
});
