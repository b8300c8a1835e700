/** The actor: effects carried out on a store that is in trouble. Worker processes are only recorded here. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { initialState, type Message } from "../../../supervisor/pure/state.js";
import { Actor, type ActorDependencies } from "../../../supervisor/run/actor.js";
import type { StoreHarness } from "../../store/harness.js";
import { openSqliteHarness } from "../../store/sqlite/harness.js";
import { FailingStore } from "../../support/failing-store.js";
import { type KeptLog, keptLog } from "../../support/kept-log.js";
import { waitFor } from "../../support/wait-for.js";

let harness: StoreHarness;
let failing: FailingStore;
let kept: KeptLog;
/** What the actor asked of its surroundings, in order. */
let did: string[];
let actor: Actor;

beforeEach(async () => {
  harness = await openSqliteHarness();
  failing = new FailingStore(harness.store);
  kept = keptLog();
  did = [];
});
afterEach(async () => {
  actor.send({ type: "stop", how: "immediate" });
  await harness.close();
});

function start(changes: Partial<ActorDependencies> = {}): void {
  const deps: ActorDependencies = {
    log: kept.log,
    store: failing.store,
    pool: {
      spawn({ id }, send) {
        did.push(`spawn ${id}`);
        send({ type: "spawned", id, pid: 1 });
      },
      tell: (id, message) => void did.push(`tell ${id} ${message.type}`),
      kill: (id, signal) => void did.push(`kill ${id} ${signal}`),
    },
    reaper: { sweep: async () => 0, reclaimWorker: async () => 0 },
    gaps: { look: () => {} },
    queues: null,
    graceMs: async () => 30_000,
    reopenLog: () => void did.push("reopen log"),
    notifier: { turned: () => {}, stopping: () => void did.push("stopping") },
    onReady: (pids) => void did.push(`ready ${pids.length}`),
    onRan: () => {},
    onScaled: (workers) => void did.push(`scaled ${workers}`),
    keepNamed: async () => {},
    ...changes,
  };
  actor = new Actor(initialState({ id: "s", mode: "run", graceMs: 30_000, slots: 1 }), deps);
}

const send = (message: Message) => actor.send(message);
const fromWorker = (id: string, type: "ready" | "heartbeat"): Message => ({
  type: "from-worker",
  id,
  message: type === "ready" ? { type } : { type, running: 0 },
});
const spawned = () => did.filter((line) => line.startsWith("spawn ")).map((line) => line.slice("spawn ".length));

it("gives a stop its end although what a dead worker held could not be taken back", async () => {
  start({
    reaper: { sweep: async () => 0, reclaimWorker: async () => Promise.reject(new Error("disk I/O error")) },
  });
  send({ type: "start", count: 1, others: 0 });
  const [worker = ""] = spawned();
  send(fromWorker(worker, "ready"));
  send({ type: "stop", how: "graceful" });
  send({ type: "exited", id: worker, code: null, signal: "SIGKILL" });
  expect(await actor.exit).toBe(0);
  expect(kept.messages.some((line) => line.includes("disk I/O error"))).toBe(true);
});

it("looks at the store again after a look that failed", async () => {
  let looks = 0;
  start({
    reaper: {
      sweep: async () => {
        looks += 1;
        if (looks === 1) throw new Error("database is locked");
        return 0;
      },
      reclaimWorker: async () => 0,
    },
  });
  send({ type: "start", count: 1, others: 0 });
  await waitFor("the first look", () => looks === 1);
  await waitFor("the trouble to be logged", () => kept.messages.some((line) => line.includes("database is locked")));
  send({ type: "sweep" });
  await waitFor("the second look", () => looks === 2);
});

it("has one look at the store at a time", async () => {
  let looks = 0;
  let answer: (others: number) => void = () => {};
  const sweep = () => {
    looks += 1;
    return new Promise<number>((resolve) => {
      answer = resolve;
    });
  };
  start({ reaper: { sweep, reclaimWorker: async () => 0 } });
  send({ type: "start", count: 1, others: 0 });
  await waitFor("the first look", () => looks === 1);
  for (let i = 0; i < 3; i++) send({ type: "sweep" });
  expect(looks).toBe(1);
  answer(0);
  await waitFor("the look to end", () => failing.count("processes.takeCommands") > 0);
  send({ type: "sweep" });
  await waitFor("the next one", () => looks === 2);
});

it("goes on when its own state cannot be written, and says so", async () => {
  start();
  failing.refuse("processes.heartbeat");
  send({ type: "start", count: 1, others: 0 });
  const [worker = ""] = spawned();
  send(fromWorker(worker, "ready"));
  expect(did).toContain("ready 1");
  send({ type: "stop", how: "graceful" });
  expect(did).toContain("stopping");
  expect(did).toContain(`tell ${worker} drain`);
  await waitFor("the trouble to be logged", () => kept.messages.some((line) => line.includes("disk I/O error")));
  send({ type: "exited", id: worker, code: 0, signal: null });
  expect(await actor.exit).toBe(0);
});

it("leaves to be started anew when another database is in the place of its own", async () => {
  let replaced = false;
  start({ store: { ...failing.store, isReplaced: async () => replaced } });
  send({ type: "start", count: 1, others: 0 });
  const [worker = ""] = spawned();
  send(fromWorker(worker, "ready"));
  replaced = true;
  send({ type: "sweep" });
  await waitFor("the worker to be told", () => did.includes(`tell ${worker} drain`));
  send({ type: "exited", id: worker, code: 0, signal: null });
  expect(await actor.exit).toBe(1);
});

it("takes what was asked of it out of the store, and the configured grace", async () => {
  start({ graceMs: async () => 60_000 });
  await harness.store.processes.register({
    id: "s",
    kind: "supervisor",
    host: "here",
    hostId: "m",
    bootId: "b",
    pidNamespace: "1",
    home: "/q",
    pool: "main",
    pid: 1,
    startTime: "1",
    supervisorId: null,
    state: "running",
    restarts: 0,
    queues: null,
    slots: 0,
    program: null,
  });
  await harness.store.processes.sendCommand("s", { kind: "scale", workers: 3 });
  send({ type: "start", count: 1, others: 0 });
  await waitFor("three workers", () => spawned().length === 3);
  expect(did).toContain("scaled 3");
});

it("reads commands and configuration only if another process has written", async () => {
  let reads = 0;
  let swept = 0;
  start({
    reaper: { sweep: async () => 0, reclaimWorker: async () => 0 },
    graceMs: async () => {
      reads += 1;
      return 30_000;
    },
    keepNamed: async () => void swept++,
  });
  const sweep = async () => {
    const before = swept;
    await waitFor("a sweep", () => {
      send({ type: "sweep" });
      return swept > before;
    });
  };
  send({ type: "start", count: 1, others: 0 });
  await waitFor("the first reading", () => reads === 1);
  for (let sweeps = 0; sweeps < 3; sweeps++) await sweep();
  expect([reads, failing.count("processes.takeCommands")]).toEqual([1, 1]);
  await (await harness.connect()).settings.set("grace-period", "1s");
  await sweep();
  await waitFor("the second reading", () => reads === 2);
});

it("starts no timer that outlives it", async () => {
  vi.useFakeTimers();
  try {
    start();
    send({ type: "start", count: 1, others: 0 });
    send({ type: "stop", how: "immediate" });
    const [worker = ""] = spawned();
    expect(did).toContain(`kill ${worker} SIGKILL`);
    send({ type: "exited", id: worker, code: null, signal: "SIGKILL" });
    await vi.advanceTimersByTimeAsync(0);
    await actor.exit;
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
