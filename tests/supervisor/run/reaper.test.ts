/** The reaper on a real store that fails when it is told to: which jobs it takes back, when, and how often. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { outputPaths } from "../../../src/attempt/paths.js";
import { resolveConfig } from "../../../src/config/config.js";
import { type Home, locateHome, prepareHome } from "../../../src/home/home.js";
import { identityOf, ownIdentity, type ProcessIdentity } from "../../../src/system/process/identity.js";
import { Reaper } from "../../../supervisor/run/reaper.js";
import { claim, insert, type StoreHarness } from "../../store/harness.js";
import { openSqliteHarness } from "../../store/sqlite/harness.js";
import { FailingStore } from "../../support/failing-store.js";
import { type KeptLog, keptLog } from "../../support/kept-log.js";

const LEASE_MS = 15_000;
/** Its pid is ours by now, but it began at another time. */
const DEAD: ProcessIdentity = { ...ownIdentity(), startTime: "0" };
const ELSEWHERE: ProcessIdentity = { ...ownIdentity(), host: "another", hostId: "another" };

const gaps = { resumedAt: () => Number.NEGATIVE_INFINITY };

let harness: StoreHarness;
let failing: FailingStore;
let kept: KeptLog;
let home: Home;
let reaper: Reaper;
/** Ids of the processes that were told to register anew. */
let registrations: string[];

beforeEach(async () => {
  harness = await openSqliteHarness();
  failing = new FailingStore(harness.store);
  kept = keptLog();
  home = locateHome({ home: mkdtempSync(join(tmpdir(), "queuectl-reaper-")) }, {});
  prepareHome(home);
  registrations = [];
  reaper = new Reaper({ ...dependencies(), supervisorId: "s", pool: "main" });
});
afterEach(async () => {
  await harness.close();
  rmSync(home.dir, { recursive: true });
});

function dependencies() {
  return {
    store: failing.store,
    home,
    config: async () => resolveConfig({ stored: {}, env: {}, flags: {} }),
    registerAgain: async (ids: readonly string[]) => {
      registrations.push(...ids);
    },
    slots: 3,
    log: kept.log,
    gaps,
  };
}

/** Of another supervisor than the one that started the worker. */
function reaperOf(pool: string): Reaper {
  return new Reaper({ ...dependencies(), supervisorId: "s2", pool });
}

/** Registers the worker `w` and gives it these jobs, in this order. */
function worker(identity: ProcessIdentity, ...ids: string[]): Promise<void> {
  return workerWith(LEASE_MS, identity, ...ids);
}

async function workerWith(leaseMs: number, identity: ProcessIdentity, ...ids: string[]): Promise<void> {
  const { store } = harness;
  const role = {
    kind: "worker",
    supervisorId: "s",
    state: "running",
    restarts: 0,
    queues: null,
    slots: 3,
    program: null,
  } as const;
  await store.processes.register({ ...identity, ...role, id: "w", home: home.dir, pool: "main" });
  await insert(store, ...ids.map((id) => ({ id })));
  const claimed = await claim(store, { workerId: "w", limit: ids.length, leaseMs });
  expect(claimed.map(({ id }) => id)).toEqual(ids);
}

/** As {@link worker}, and claims `unbegun` and `begun` ahead; the launcher has made the output file of the second. */
async function workerAhead(identity: ProcessIdentity): Promise<void> {
  await worker(identity, "runs");
  await insert(harness.store, { id: "unbegun" }, { id: "begun" });
  const [, begun] = await claim(harness.store, { workerId: "w", limit: 0, ahead: 2, leaseMs: LEASE_MS });
  writeFileSync(outputPaths(home, begun?.fence ?? 0).stdout, "");
}

/** Outcomes of all attempts of each job. Null: the attempt runs. */
function outcomes(...ids: string[]): Promise<(string | null)[][]> {
  const attempts = ids.map((id) => harness.store.jobs.attempts(id));
  return Promise.all(attempts.map(async (one) => (await one).map(({ outcome }) => outcome)));
}

async function registered(): Promise<string[]> {
  return (await harness.store.processes.list()).map(({ id }) => id);
}

it("takes the other jobs of a worker back although one of them cannot be, and keeps the worker registered", async () => {
  await worker(DEAD, "a", "b", "c");
  failing.refuse("leases.settle");
  expect(await reaper.reclaimWorker("w", true, "its worker died")).toBe(2);
  expect(await outcomes("a", "b", "c")).toEqual([[null], ["lost"], ["lost"]]);
  expect(await registered()).toEqual(["w"]);
  expect(kept.messages.filter((line) => line.includes("taking back job a"))).toHaveLength(1);
});

it("tries a job again with the next sweep, and forgets its worker with the one after", async () => {
  await worker(DEAD, "a", "b");
  failing.refuse("leases.settle");
  await reaper.sweep("running");
  expect(await outcomes("a", "b")).toEqual([[null], ["lost"]]);
  await reaper.sweep("running");
  expect(await outcomes("a", "b")).toEqual([["lost"], ["lost"]]);
  expect(await registered()).toEqual(["w"]);
  await reaper.sweep("running");
  expect(await registered()).toEqual([]);
});

it("ends an attempt once although the answer of the store was lost", async () => {
  await worker(DEAD, "a", "b");
  failing.loseAnswer("leases.settle");
  expect(await reaper.reclaimWorker("w", true, "its worker died")).toBe(1);
  const before = await harness.snapshot("a");
  expect(await outcomes("a", "b")).toEqual([["lost"], ["lost"]]);
  expect(await registered()).toEqual(["w"]);
  const settled = failing.count("leases.settle");
  await reaper.sweep("running");
  expect(failing.count("leases.settle")).toBe(settled);
  expect(await harness.snapshot("a")).toEqual(before);
  expect(await registered()).toEqual([]);
});

it("takes every job of a dead worker back in one sweep, long before its lease runs out", async () => {
  await worker(DEAD, "a", "b", "c");
  await reaper.sweep("running");
  expect(await outcomes("a", "b", "c")).toEqual([["lost"], ["lost"], ["lost"]]);
  expect((await harness.store.jobs.get("a"))?.attempts).toBe(1);
});

it("charges no attempt that its worker gave back, and forgets the worker at once", async () => {
  await worker(DEAD, "a");
  expect(await reaper.reclaimWorker("w", false, "its worker was stopped")).toBe(1);
  expect(await outcomes("a")).toEqual([["interrupted"]]);
  expect((await harness.store.jobs.get("a"))?.attempts).toBe(0);
  expect(await registered()).toEqual([]);
});

it("charges no job that a dead worker had claimed ahead and not begun, and leaves no trace of the claim", async () => {
  await workerAhead(DEAD);
  expect(await reaper.reclaimWorker("w", true, "its worker died")).toBe(3);
  expect(await outcomes("runs", "unbegun", "begun")).toEqual([["lost"], [], ["lost"]]);
  const unbegun = await harness.store.jobs.get("unbegun");
  expect(unbegun).toMatchObject({ state: "pending", attempts: 0, losses: 0, interruptions: 0, workerId: null });
  expect(kept.messages.some((line) => line.includes("job unbegun had not begun (its worker died)"))).toBe(true);
  expect(await registered()).toEqual([]);
});

it("charges no job that was not begun when its worker out of reach fell silent", async () => {
  await workerAhead(ELSEWHERE);
  await reaper.sweep("running");
  for (let n = 0; n < 3; n++) {
    harness.clock.advance(LEASE_MS / 2);
    await reaper.sweep("running");
  }
  expect(await outcomes("runs", "unbegun", "begun")).toEqual([["lost"], [], ["lost"]]);
});

it("gives back what a worker had begun or not when the machine was restarted, since a file may be lost with it", async () => {
  await workerAhead({ ...DEAD, bootId: "another" });
  await reaper.sweep("running");
  expect(await outcomes("runs", "unbegun", "begun")).toEqual([["interrupted"], ["interrupted"], ["interrupted"]]);
});

it("waits until the lease of a worker on another host has run out", async () => {
  await worker(ELSEWHERE, "a");
  for (const passedMs of [0, LEASE_MS / 2, LEASE_MS / 2 - 1]) {
    harness.clock.advance(passedMs);
    await reaper.sweep("running");
    expect(await outcomes("a")).toEqual([[null]]);
  }
  harness.clock.advance(1);
  await reaper.sweep("running");
  expect(await outcomes("a")).toEqual([["lost"]]);
});

it.each([12_000, 60_000])("judges a lease of %i ms by its own length, not by the configured one", async (leaseMs) => {
  await workerWith(leaseMs, ELSEWHERE, "a");
  // The reaper begins to watch the lease when most of it has passed.
  for (const passedMs of [leaseMs - 500, 500, leaseMs / 2 - 501]) {
    harness.clock.advance(passedMs);
    await reaper.sweep("running");
    expect(await outcomes("a")).toEqual([[null]]);
  }
  harness.clock.advance(1);
  await reaper.sweep("running");
  expect(await outcomes("a")).toEqual([["lost"]]);
});

it("takes no expired lease while it cannot write a heartbeat of its own", async () => {
  await worker(ELSEWHERE, "a");
  harness.clock.advance(LEASE_MS / 2);
  await reaper.sweep("running");
  harness.clock.advance(LEASE_MS);
  failing.refuse("processes.heartbeat");
  await expect(reaper.sweep("running")).rejects.toThrow("disk I/O error");
  expect(await outcomes("a")).toEqual([[null]]);
  await reaper.sweep("running");
  expect(await outcomes("a")).toEqual([["lost"]]);
});

it("leaves a job to a worker on another host as long as that renews", async () => {
  await worker(ELSEWHERE, "a");
  const [lease] = await harness.store.leases.of(["w"]);
  for (let beats = 0; beats < 6; beats++) {
    harness.clock.advance(LEASE_MS / 2);
    await reaper.sweep("running");
    expect(await harness.store.leases.renew([lease?.fence ?? 0], LEASE_MS)).toHaveLength(1);
  }
  expect(await outcomes("a")).toEqual([[null]]);
  for (let halves = 0; halves < 2; halves++) {
    expect(await outcomes("a")).toEqual([[null]]);
    harness.clock.advance(LEASE_MS / 2);
    await reaper.sweep("running");
  }
  expect(await outcomes("a")).toEqual([["lost"]]);
});

it("forgets a process out of reach that is silent for ten lease durations and holds nothing", async () => {
  const far = { ...ownIdentity(), hostId: "another machine" };
  await worker(far);
  harness.clock.advance(10 * LEASE_MS);
  await reaper.sweep("running");
  expect(await registered()).toEqual(["w"]);
  harness.clock.advance(1);
  await reaper.sweep("running");
  expect(await registered()).toEqual([]);
});

it("forgets no process of this machine that lives, and none that holds a lease", async () => {
  await worker({ ...ownIdentity(), hostId: "another machine" }, "a");
  const role = {
    kind: "worker",
    supervisorId: "s",
    state: "running",
    restarts: 0,
    queues: null,
    slots: 3,
    program: null,
  } as const;
  await harness.store.processes.register({ ...ownIdentity(), ...role, id: "here", home: home.dir, pool: "main" });
  harness.clock.advance(11 * LEASE_MS);
  await reaper.sweep("running");
  expect((await registered()).sort()).toEqual(["here", "w"]);
});

describe("with an idle worker", () => {
  const sweep = (changed: boolean) =>
    reaper.sweep("running", { changed, idle: [{ id: "w", heardAt: harness.clock.monotonic() - 400 }] });
  const heartbeatAt = async (id: string) =>
    (await harness.store.processes.list()).find((process) => process.id === id)?.heartbeatAt;

  it("looks at leases and processes only after a write of another process, and seldom otherwise", async () => {
    await worker(ownIdentity());
    await sweep(true);
    const looks = failing.count("leases.overdue");
    for (let seconds = 0; seconds < 60; seconds++) {
      harness.clock.advance(1000);
      await sweep(false);
    }
    expect(failing.count("leases.overdue") - looks).toBe(6);
    expect(failing.count("processes.heartbeat")).toBe(13);
    await sweep(true);
    expect(failing.count("leases.overdue") - looks).toBe(7);
  });

  it("looks at each time while a job runs, whether or not another process wrote", async () => {
    await worker(ownIdentity(), "a");
    const looks = () => failing.count("leases.overdue");
    for (let sweeps = 1; sweeps < 4; sweeps++) {
      await sweep(sweeps === 1);
      expect(looks()).toBe(sweeps);
    }
  });

  it("writes its heartbeat with its own, of the time at which the worker was heard", async () => {
    await worker(ownIdentity());
    harness.clock.advance(5000);
    await sweep(true);
    expect(await heartbeatAt("w")).toBe(harness.clock.now() - 400);
    expect(failing.count("processes.heartbeat")).toBe(1);
  });

  it("shows since when one is silent, however often it writes that", async () => {
    await worker(ownIdentity());
    const heardAt = harness.clock.monotonic();
    for (let beats = 0; beats < 3; beats++) {
      harness.clock.advance(5000);
      await reaper.sweep("running", { idle: [{ id: "w", heardAt }] });
    }
    expect(await heartbeatAt("w")).toBe(heardAt);
  });

  it("kills it for a lease that it does not renew, if it was heard before and not since", async () => {
    const owner = spawn("sleep", ["1000"]);
    onTestFinished(() => void owner.kill("SIGKILL"));
    const killed = once(owner, "exit");
    await worker(identityOf(owner.pid ?? 0) ?? DEAD, "a");
    harness.clock.advance(LEASE_MS / 2 - 1000);
    await sweep(true);
    const idle = [{ id: "w", heardAt: harness.clock.monotonic() + 500 }];
    for (let seconds = 0; seconds < 18; seconds++) {
      harness.clock.advance(1000);
      await reaper.sweep("running", { idle });
    }
    expect(await killed).toEqual([null, "SIGKILL"]);
  });

  it("tells it to register anew if another supervisor has forgotten it", async () => {
    await sweep(true);
    expect(registrations).toEqual(["s", "w"]);
  });
});

it("registers anew if another supervisor has forgotten it", async () => {
  await reaper.sweep("running");
  expect(registrations).toEqual(["s"]);
});

it("leaves the jobs of a dead worker to the supervisor of its own pool while that lives", async () => {
  await worker(DEAD, "a");
  const { store } = harness;
  const role = {
    kind: "supervisor",
    supervisorId: null,
    state: "running",
    restarts: 0,
    queues: null,
    slots: 0,
    program: null,
  } as const;
  await store.processes.register({ ...ownIdentity(), ...role, id: "s", home: home.dir, pool: "main" });
  const other = reaperOf("other");
  await other.sweep("running");
  expect(await outcomes("a")).toEqual([[null]]);
  expect(await registered()).toContain("w");
  await store.processes.deregister("s");
  await other.sweep("running");
  expect(await outcomes("a")).toEqual([["lost"]]);
});

it("counts the workers that its pool's previous supervisor left behind, and no other pool's", async () => {
  await worker(ownIdentity(), "a", "b", "c");
  expect(await reaperOf("main").countOthers()).toBe(1);
  expect(await reaperOf("other").countOthers()).toBe(0);
  expect(await reaper.countOthers()).toBe(0);
});
