/** A worker that claims ahead all the time: what lies ready never begins after a stop, and never waits for its worker. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { resolveConfig } from "../../../src/config/config.js";
import { type Home, locateHome, prepareHome } from "../../../src/home/home.js";
import type { ClaimRequest, Store } from "../../../src/store/contract/store.js";
import { openSqliteStore } from "../../../src/store/sqlite/store.js";
import type { WorkerOptions } from "../../../src/worker/protocol.js";
import type { Worker } from "../../../src/worker/worker.js";
import { cancelJob, get, insert } from "../../store/harness.js";
import { FailingStore } from "../../support/failing-store.js";
import { type KeptLog, keptLog } from "../../support/kept-log.js";
import { newWorker } from "../../support/new-worker.js";
import { waitFor } from "../../support/wait-for.js";

let home: Home;
let kept: KeptLog;
/** Of the tests. Each worker has a store of its own, as processes do. */
let store: Store;
let opened: Store[];

beforeEach(async () => {
  vi.stubGlobal("FAILPOINTS", true);
  vi.stubEnv("QUEUECTL_ALWAYS_AHEAD", "1");
  home = locateHome({ home: mkdtempSync(join(tmpdir(), "queuectl-ahead-")) }, {});
  prepareHome(home);
  kept = keptLog();
  opened = [];
  store = await open();
});
afterEach(async () => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  for (const each of opened) await each.close();
  rmSync(home.dir, { recursive: true });
});

async function open(): Promise<Store> {
  const one = await openSqliteStore({ path: join(home.dir, "queuectl.db"), home: home.dir });
  opened.push(one);
  return one;
}

const config = async () => resolveConfig({ stored: {}, env: {}, flags: {} });

function one(from: Store, options: Partial<WorkerOptions> = {}): Worker {
  return newWorker({ store: from, home, config, log: kept.log }, { concurrency: 1, slots: 1, ...options });
}

/** The store, with `then` called after the answer to each claim that has brought jobs. */
function afterClaims(from: Store, then: () => void): Store {
  const leases = new Proxy(from.leases, {
    get: (methods, name) => {
      if (name !== "claim") return Reflect.get(methods, name);
      return async (request: ClaimRequest) => {
        const claim = await methods.claim(request);
        if (claim.jobs.length > 0) then();
        return claim;
      };
    },
  });
  return { ...from, leases };
}

/** A command that runs until the file is there. */
const until = (file: string) => `until [ -e ${file} ]; do sleep 0.01; done`;
const UNCHARGED = { state: "pending", attempts: 0, interruptions: 0, losses: 0, fence: 0, workerId: null };

it("begins nothing after a stop, and gives back what lay ready or was being claimed", async () => {
  const ids = await insert(store, { command: "true" }, { command: "true" }, { command: "true" });
  const worker = one(afterClaims(await open(), () => worker.drain()));
  expect(await worker.run()).toEqual({ ran: 0, interrupted: 0 });
  for (const id of ids) expect(await get(store, id)).toMatchObject(UNCHARGED);
  for (const id of ids) expect(await store.jobs.attempts(id)).toEqual([]);
});

it("ends only what runs when it is interrupted, and gives the others back uncharged", async () => {
  const [first = "", ...others] = await insert(store, { command: "exec sleep 1000" }, {}, {});
  const worker = one(await open());
  const work = worker.run();
  await waitFor("one to run beside two that lie ready", () => worker.running === 1);
  worker.interrupt();
  expect(await work).toEqual({ ran: 1, interrupted: 1 });
  expect(await get(store, first)).toMatchObject({ state: "pending", attempts: 0, interruptions: 1 });
  for (const id of others) expect(await get(store, id)).toMatchObject(UNCHARGED);
});

it("does not stop before the store has taken back what lay ready", async () => {
  const [id = ""] = await insert(store, { command: "true" });
  const failing = new FailingStore(await open());
  failing.refuse("leases.unclaim");
  const worker = one(afterClaims(failing.store, () => worker.drain()));
  await worker.run();
  expect(failing.count("leases.unclaim")).toBe(2);
  expect(await get(store, id)).toMatchObject(UNCHARGED);
});

it("leaves what lies ready to a worker that has a free slot", async () => {
  const end = join(home.dir, "end");
  const [long = ""] = await insert(store, { command: until(end) });
  const short = await insert(store, { command: "true" }, { command: "true" });
  const first = one(await open());
  const ran = [first.run()];
  await waitFor("the long job to run", () => first.running === 1);
  const second = one(await open(), { id: "worker-2" });
  ran.push(second.run());
  for (const id of short)
    await waitFor("the short job to end", async () => (await get(store, id)).state === "completed");
  for (const id of short) expect(await get(store, id)).toMatchObject({ workerId: "worker-2", attempts: 1 });
  expect((await get(store, long)).state).toBe("processing");
  writeFileSync(end, "");
  await waitFor("the long job to end", async () => (await get(store, long)).state === "completed");
  for (const worker of [first, second]) worker.drain();
  await Promise.all(ran);
});

it("does not begin what was cancelled while it lay ready", async () => {
  const end = join(home.dir, "end");
  const mark = join(home.dir, "began");
  const [, id = ""] = await insert(store, { command: until(end) }, { command: `touch ${mark}` });
  let cancelled = Promise.resolve();
  const cancel = async () => {
    await cancelJob(store, id);
    writeFileSync(end, "");
  };
  const worker = one(
    afterClaims(await open(), () => {
      cancelled = cancel();
    }),
  );
  const ran = worker.run();
  await waitFor("the job to be cancelled", async () => (await get(store, id)).state === "cancelled");
  await cancelled;
  worker.drain();
  await ran;
  expect(existsSync(mark)).toBe(false);
  expect(await store.jobs.attempts(id)).toEqual([]);
});

it("does not begin what lay ready when its queue was paused", async () => {
  const end = join(home.dir, "end");
  const [first = "", id = ""] = await insert(store, { command: until(end) }, { command: "true", queue: "q" });
  let paused = Promise.resolve();
  const pause = async () => {
    await store.queues.pause("q");
    writeFileSync(end, "");
  };
  const worker = one(
    afterClaims(await open(), () => {
      paused = pause();
    }),
  );
  const ran = worker.run();
  await waitFor("the first to end", async () => (await get(store, first)).state === "completed");
  await paused;
  worker.drain();
  expect(await ran).toMatchObject({ ran: 1 });
  expect(await get(store, id)).toMatchObject(UNCHARGED);
});

it.each([
  ["once", { once: true }, 1],
  ["--max-jobs 3", { recycling: { maxJobs: 3, maxRssBytes: null } }, 3],
])("claims no more than it may run with %s", async (_, options, most) => {
  await insert(store, ...Array.from({ length: 9 }, () => ({ command: "true" })));
  expect(await one(await open(), options).run()).toEqual({ ran: most, interrupted: 0 });
  expect(await store.jobs.counts()).toMatchObject({ completed: most, pending: 9 - most, processing: 0 });
});

it("begins a more urgent job that comes meanwhile before the ones that lie ready", async () => {
  const end = join(home.dir, "end");
  const order = join(home.dir, "order");
  const note = (name: string) => ({ id: name, command: `echo ${name} >> ${order}` });
  await insert(store, { id: "first", command: until(end) }, note("a"), note("b"));
  let urgent = Promise.resolve<unknown>(null);
  const worker = one(
    afterClaims(await open(), () => {
      if (existsSync(end)) return;
      urgent = insert(store, { ...note("urgent"), priority: 1 }).then(() => writeFileSync(end, ""));
    }),
  );
  const ran = worker.run();
  await waitFor("all to end", async () => (await store.jobs.counts()).completed === 4);
  await urgent;
  worker.drain();
  await ran;
  const began = readFileSync(order, "utf8").split("\n");
  expect(began.indexOf("urgent")).toBeLessThan(began.indexOf("b"));
});

it("charges no attempt for a directory of outputs that goes after the claim", async () => {
  const [id = ""] = await insert(store, { command: "true" });
  const worker = one(afterClaims(await open(), () => rmSync(home.outputDir, { recursive: true })));
  const ran = worker.run();
  await waitFor("the job to be given back", async () => (await get(store, id)).interruptions === 1);
  worker.drain();
  await ran;
  expect(await get(store, id)).toMatchObject({
    state: "pending",
    attempts: 0,
    lastError: expect.stringContaining("output is missing; mkdir -m 700 "),
  });
});
