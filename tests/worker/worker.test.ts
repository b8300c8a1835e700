/** The worker and a store that is in trouble: what runs is not lost, and what cannot be claimed is claimed later. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { resolveConfig } from "../../src/config/config.js";
import { ShortageError } from "../../src/core/errors.js";
import { type Home, locateHome, prepareHome } from "../../src/home/home.js";
import type { ClaimRequest, Store } from "../../src/store/contract/store.js";
import { openSqliteStore } from "../../src/store/sqlite/store.js";
import type { WorkerOptions } from "../../src/worker/protocol.js";
import type { Worker, WorkerDependencies } from "../../src/worker/worker.js";
import { get, insert } from "../store/harness.js";
import { FailingStore } from "../support/failing-store.js";
import { type KeptLog, keptLog } from "../support/kept-log.js";
import { newWorker } from "../support/new-worker.js";
import { waitFor } from "../support/wait-for.js";

let home: Home;
let store: Store;
let failing: FailingStore;
let kept: KeptLog;
let worker: Worker;
let idle: number;

beforeEach(async () => {
  home = locateHome({ home: mkdtempSync(join(tmpdir(), "queuectl-worker-")) }, {});
  prepareHome(home);
  store = await openSqliteStore({ path: join(home.dir, "queuectl.db"), home: home.dir });
  failing = new FailingStore(store);
  kept = keptLog();
  idle = 0;
});
afterEach(async () => {
  await store.close();
  rmSync(home.dir, { recursive: true });
});

/** @param config asked for before each claim */
function start(options: Partial<WorkerOptions> = {}, config: WorkerDependencies["config"] = configured) {
  const onIdle = () => {
    idle += 1;
  };
  worker = newWorker({ store: failing.store, home, config, log: kept.log }, options, { onIdle });
  return worker.run();
}

const configured = async () => resolveConfig({ stored: await failing.store.settings.all(), env: {}, flags: {} });
const reaches = (id: string, state: string) =>
  waitFor(`${id} to be ${state}`, async () => (await get(store, id)).state === state);

it("claims again after a claim that failed", async () => {
  const [id = ""] = await insert(store, { command: "true" });
  failing.refuse("leases.claim", new Error("database is locked"));
  const run = start();
  await reaches(id, "completed");
  worker.drain();
  expect(await run).toEqual({ ran: 1, interrupted: 0 });
  expect(kept.messages.some((line) => line.includes("database is locked"))).toBe(true);
});

it("records what has ended while it cannot read its configuration", async () => {
  const [id = ""] = await insert(store, { command: "true" });
  let reads = 0;
  const run = start({}, async () => {
    reads += 1;
    // Before the first claim it is read; from then on, until the job is recorded, it cannot be.
    if (reads > 1 && failing.count("leases.settle") === 0) throw new Error("database disk image is malformed");
    return configured();
  });
  await reaches(id, "completed");
  expect(failing.count("leases.settle")).toBe(1);
  worker.drain();
  expect(await run).toMatchObject({ ran: 1 });
});

it("drains although the store refuses the last results for a while", async () => {
  const ids = await insert(store, { command: "exit 3" }, { command: "true" });
  failing.refuse("leases.settle", new ShortageError("database or disk is full"), 2);
  failing.refuse("leases.settleAndClaim", new ShortageError("database or disk is full"), 2);
  const run = start();
  await waitFor("both to run", () => worker.running === 2 || failing.count("leases.settleAndClaim") > 0);
  worker.drain();
  expect(await run).toEqual({ ran: 2, interrupted: 0 });
  const states = await Promise.all(ids.map(async (id) => (await get(store, id)).state));
  expect(states).toEqual(["failed", "completed"]);
});

it("asks at a poll whether another process wrote, before it looks for jobs", async () => {
  let asked = 0;
  // No change of the file reaches it, so it finds only what its polls find.
  const version = () => {
    asked += 1;
    return store.version();
  };
  failing = new FailingStore({ ...store, onWork: () => () => {}, version });
  const run = start({}, async () => resolveConfig({ stored: { "worker-poll-interval": "10ms" }, env: {}, flags: {} }));
  await waitFor("some polls", () => asked > 20);
  expect(failing.count("leases.claim")).toBe(1);
  const other = await openSqliteStore({ path: join(home.dir, "queuectl.db"), home: home.dir });
  const [id = ""] = await insert(other, { command: "true" });
  await other.close();
  await reaches(id, "completed");
  worker.drain();
  await run;
});

it("passes on what it cannot claim when it is to run one job only", async () => {
  await insert(store, { command: "true" });
  failing.refuse("leases.claim", new Error("database is locked"));
  await expect(start({ once: true })).rejects.toThrow("database is locked");
});

it("says once that it is idle, each time that it becomes so", async () => {
  const run = start();
  await waitFor("the first idle moment", () => idle === 1);
  const [id = ""] = await insert(store, { command: "true" });
  worker.wake();
  await reaches(id, "completed");
  await waitFor("the second", () => idle === 2);
  worker.drain();
  await run;
});

it("gives back what runs when it is interrupted, and what is being claimed at that moment", async () => {
  const [id = ""] = await insert(store, { command: "exec sleep 1000" });
  const run = start();
  await waitFor("the job to run", () => worker.running === 1);
  worker.interrupt();
  expect(await run).toEqual({ ran: 1, interrupted: 1 });
  expect(await get(store, id)).toMatchObject({ state: "pending", attempts: 0, interruptions: 1 });
});

it.each(["kill -INT $$", "exit 130", "exit 143"])("gives back what a shutdown reached first: %s", async (end) => {
  const ending = join(home.dir, "ending");
  const [id = ""] = await insert(store, { command: `touch ${ending}; ${end}` });
  const run = start();
  await waitFor("the job to end", () => existsSync(ending));
  worker.interrupt();
  expect(await run).toMatchObject({ interrupted: 1 });
  expect(await get(store, id)).toMatchObject({ state: "pending", attempts: 0, interruptions: 1 });
});

it.each([
  ["leases.claim", ["true"]],
  ["leases.settleAndClaim", ["true", "true"]],
] as const)("gives back what it claimed when the answer to %s was lost, and runs it then", async (method, commands) => {
  const ids = await insert(store, ...commands.map((command) => ({ command })));
  failing.loseAnswer(method);
  const run = start({ concurrency: 1, slots: 1 });
  for (const id of ids) await reaches(id, "completed");
  worker.drain();
  expect(await run).toMatchObject({ interrupted: 0 });
  const histories = await Promise.all(ids.map((id) => store.jobs.attempts(id)));
  expect(histories.at(-1)?.map(({ outcome }) => outcome)).toEqual(["succeeded"]);
  expect(await get(store, ids.at(-1) ?? "")).toMatchObject({ attempts: 1, interruptions: 0 });
  expect(kept.messages.some((line) => line.includes("the answer was lost"))).toBe(true);
});

it.each([
  ["runs", false],
  ["has just ended", true],
])("gives back no job that %s when the answer to a claim was lost", async (_, endsAtOnce) => {
  const end = join(home.dir, "end");
  const [long = ""] = await insert(store, { command: `until [ -e ${end} ]; do sleep 0.02; done` });
  let short: string | undefined;
  // The claim that follows at once takes the second job, and its answer is lost.
  const run = start({}, async () => {
    if (short === undefined && worker.running === 1) {
      [short = ""] = await insert(store, { command: "true" });
      failing.loseAnswer("leases.claim");
      if (endsAtOnce) writeFileSync(end, "");
    }
    return configured();
  });
  await waitFor("the second job", () => short !== undefined);
  await reaches(short ?? "", "completed");
  writeFileSync(end, "");
  await reaches(long, "completed");
  worker.drain();
  await run;
  const histories = await Promise.all([long, short ?? ""].map((id) => store.jobs.attempts(id)));
  const outcomes = histories.map((attempts) => attempts.map(({ outcome }) => outcome));
  expect(outcomes).toEqual([["succeeded"], ["succeeded"]]);
});

it("counts a lease from before its claim, and ends what it claimed too late", async () => {
  const [id = ""] = await insert(store, { command: "sleep 5" });
  let skippedMs = 0;
  const clock = { now: store.clock.now, monotonic: () => performance.now() + skippedMs };
  const leases = new Proxy(store.leases, {
    get: (methods, name) => {
      if (name !== "claim") return Reflect.get(methods, name);
      return async (request: ClaimRequest) => {
        const answer = await methods.claim(request);
        // The answer takes nearly as long to come as the lease lasts.
        if (answer.jobs.length > 0) skippedMs += request.leaseMs * 0.95;
        return answer;
      };
    },
  });
  failing = new FailingStore({ ...store, clock, leases, selfFencing: true });
  const run = start();
  await waitFor("the attempt to end", async () => ((await store.jobs.attempts(id))[0]?.outcome ?? null) !== null);
  worker.interrupt();
  await run;
  expect((await store.jobs.attempts(id))[0]?.outcome).toBe("interrupted");
});
