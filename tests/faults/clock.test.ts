/**
 * A wall clock that jumps by hours, in both directions, takes no job from a worker that lives: with a real store and a
 * clock that the test moves; and, in the long form, with real processes where libfaketime is there to lie to them.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resolveConfig } from "../../src/config/config.js";
import type { Clock } from "../../src/core/clock.js";
import { locateHome } from "../../src/home/home.js";
import { contextOf } from "../../src/queue/client.js";
import { openSqliteStore } from "../../src/store/sqlite/store.js";
import { identityOf, type ProcessIdentity } from "../../src/system/process/identity.js";
import { Reaper } from "../../supervisor/run/reaper.js";
import { allLeases, newJob } from "../store/harness.js";
import { waitFor } from "../support/wait-for.js";
import { FaultBox } from "./fault-box.js";
import { Choices, LONG } from "./random.js";

/** The clock jumps, and the process runs on. */
const NO_GAPS = { resumedAt: () => Number.NEGATIVE_INFINITY };

const HOUR = 3_600_000;
const JUMPS = [0, 0, 0, HOUR, -HOUR, 24 * HOUR, -24 * HOUR];

/** One machine's two clocks: the second never jumps. */
class JumpyClock implements Clock {
  wall = Date.UTC(2030, 0, 1);
  steady = 1_000_000;
  now = () => this.wall;
  monotonic = () => this.steady;

  pass(ms: number, jump: number): void {
    this.steady += ms;
    this.wall += ms + jump;
  }
}

describe("a clock that jumps by hours at every beat", () => {
  let folder: string;
  let owner: ChildProcess;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "queuectl-clock-"));
    owner = spawn("sleep", ["1000"], { stdio: "ignore" });
  });
  afterEach(() => {
    owner.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(["on this host", "on another host"])("takes nothing from a worker %s that renews", async (where) => {
    const choices = new Choices("tests/faults/clock.test.ts");
    const { reaper, store, clock, fence } = await heldJob(folder, owner, where);
    for (let beat = 0; beat < (LONG ? 5000 : 300); beat++) {
      clock.pass(1000, choices.pick(JUMPS) ?? 0);
      if (beat % 5 === 4) expect(await store.leases.renew([fence], 15_000)).toEqual([fence]);
      await reaper.sweep("running");
      expect((await store.jobs.get("j"))?.state).toBe("processing");
      expect(owner.signalCode).toBeNull();
    }
    await store.close();
  });

  it("and does not hide for long that one has fallen silent, once it stands still", async () => {
    const { reaper, store, clock } = await heldJob(folder, owner, "on another host");
    clock.pass(1000, 24 * HOUR);
    for (let beat = 0; beat < 15 && (await store.jobs.get("j"))?.state === "processing"; beat++) {
      clock.pass(1000, 0);
      await reaper.sweep("running");
    }
    expect((await store.jobs.attempts("j")).map(({ outcome }) => outcome)).toEqual(["lost"]);
    await store.close();
  });
});

async function heldJob(folder: string, owner: ChildProcess, where: string) {
  const clock = new JumpyClock();
  const home = locateHome({ home: folder });
  mkdirSync(home.outputDir);
  const store = await openSqliteStore({ path: join(folder, "queuectl.db"), home: folder, clock });
  const identity = identityOf(owner.pid as number) as ProcessIdentity;
  await store.processes.register({
    ...identity,
    ...(where === "on this host" ? {} : { hostId: "elsewhere" }),
    id: "w",
    home: folder,
    pool: "main",
    kind: "worker",
    supervisorId: null,
    state: "running",
    restarts: 0,
    queues: null,
    slots: 1,
    program: null,
  });
  await store.jobs.insert([[newJob({ id: "j" })]]);
  const { jobs } = await store.leases.claim({ workerId: "w", queues: null, limit: 1, leaseMs: 15_000 });
  const config = async () => resolveConfig({});
  const log = pino({ level: "silent" });
  const reaper = new Reaper({
    slots: 1,
    supervisorId: "s",
    pool: "main",
    registerAgain: async () => {},
    store,
    home,
    config,
    log,
    gaps: NO_GAPS,
  });
  return { reaper, store, clock, fence: jobs[0]?.fence as number };
}

const library = LONG ? findLibrary() : undefined;

/** Skipped where there is no libfaketime: nothing else makes a running process see another time. */
describe.runIf(library)("real processes whose clock jumps", () => {
  let box: FaultBox;
  beforeEach(() => {
    box = new FaultBox();
  });
  afterEach(() => box.dispose());

  it("lose no job by it", { timeout: 180_000 }, async () => {
    const file = box.file("faketime");
    writeFileSync(file, "+0\n");
    Object.assign(box.env, {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    });
    await box.supervisor("--count", "2");
    for (const id of ["a", "b"]) await box.enqueue(id, "sleep 40");
    for (const id of ["a", "b"]) await box.began(id);
    for (const hours of [1, -1, 24, -24, 0]) {
      writeFileSync(file, `${hours < 0 ? "" : "+"}${hours}h\n`);
      const before = await renewals(box);
      // Each lease is renewed at the new time, and looked at by the reaper in between.
      await waitFor("renewals after the jump", async () => (await renewals(box)) >= before + 8);
      // They did see another time: their leases are dated by it.
      const [lease] = await allLeases(contextOf(await box.client()).store);
      expect(Math.abs((lease?.expiresAt ?? 0) - Date.now() - hours * HOUR)).toBeLessThan(60_000);
    }
    await box.idle();
    for (const id of ["a", "b"]) {
      expect((await box.history(id)).attempts.map(({ outcome }) => outcome)).toEqual(["succeeded"]);
    }
  });
});

async function renewals(box: FaultBox): Promise<number> {
  const { store } = contextOf(await box.client());
  return (await allLeases(store)).reduce((sum, lease) => sum + lease.renewals, 0);
}

function findLibrary(): string | undefined {
  const roots = ["/usr/lib", ...readdirSync("/usr/lib").map((name) => join("/usr/lib", name))];
  for (const root of roots) {
    try {
      if (readdirSync(join(root, "faketime")).includes("libfaketime.so.1"))
        return join(root, "faketime/libfaketime.so.1");
    } catch {
      // No such folder.
    }
  }
  return undefined;
}
