/** Wake-ups over a real server: what is heard, of whom, and what happens when nothing can be heard. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ClaimedJob, Store } from "../../../src/store/contract/store.js";
import { CHANGE_KINDS, type ChangeKind } from "../../../src/store/contract/wake-ups.js";
import { Told } from "../../../src/store/hearing.js";
import { openPostgresStore } from "../../../src/store/postgres/store.js";
import { PostgresLocation } from "../../../src/store/postgres-location.js";
import { noPostgres, type PostgresServer, startPostgres } from "../../postgres/server.js";
import { waitFor } from "../../support/wait-for.js";
import { cancelJob, claim, insert, retryAfter, settle } from "../harness.js";
import { openPostgresHarness, type PostgresHarness } from "./harness.js";

describe.skipIf(noPostgres !== undefined)("on a server of its own", () => {
  let server: PostgresServer;
  let harness: PostgresHarness;
  let store: Store;
  let other: Store;
  let heard: ChangeKind[][];

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  beforeEach(async () => {
    harness = await openPostgresHarness(server);
    store = harness.store;
    other = await harness.connect();
    heard = [];
  });
  afterEach(() => harness.close());

  async function listen(): Promise<void> {
    store.onWork((about) => heard.push([...about]));
    await waitFor("it to hear", () => store.hears() === true);
    heard = [];
  }

  /** What is heard of this. */
  async function told(act: () => Promise<unknown>): Promise<ChangeKind[]> {
    heard = [];
    await act();
    await waitFor("a message", () => heard.length > 0);
    return heard.flat();
  }

  async function listeners(): Promise<number[]> {
    const { rows } = await harness.raw.query(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'queuectl listener'",
    );
    return rows.map(({ pid }) => pid);
  }

  it("hears what each write of others was about", async () => {
    await listen();
    const take = async () => (await claim(other, { limit: 1 }))[0] as ClaimedJob;
    expect(await told(() => insert(other, {}, {}, {}, { queue: "narrow" }))).toEqual(["work"]);
    let job: ClaimedJob | undefined;
    const takes = async () => {
      job = await take();
    };
    expect(await told(takes)).toEqual(["moved"]);
    expect(await told(() => settle(other, job as ClaimedJob))).toEqual(["moved"]);
    await told(takes);
    expect(await told(() => settle(other, job as ClaimedJob, retryAfter(60_000)))).toEqual(["work"]);
    await told(takes);
    expect(await told(() => cancelJob(other, (job as ClaimedJob).id))).toEqual(["cancel"]);
    await told(() => other.queues.limit("narrow", { concurrency: 1 }));
    await told(takes);
    // It has made room in its queue for a job that another worker may take.
    expect(await told(() => settle(other, job as ClaimedJob))).toEqual(["work"]);
    expect(await told(() => other.settings.set("max-retries", "3"))).toEqual(["settings"]);
    expect(await told(() => other.queues.pause("default"))).toEqual(["settings"]);
  });

  it("hears its own writes too where it tells others, as a supervisor does that takes a job back", async () => {
    const own: ChangeKind[][] = [];
    store.onWork((about) => own.push([...about]), { ownToo: true });
    await listen();
    own.length = 0;
    await insert(store, {});
    await waitFor("our own write", () => own.length > 0);
    expect(own).toEqual([["work"]]);
    expect(heard).toEqual([]);
    expect(await told(() => insert(other, {}))).toEqual(["work"]);
  });

  it("hears nothing of signs of life, nor of its own writes", async () => {
    await listen();
    await insert(store, {});
    const { fence } = (await claim(store))[0] as ClaimedJob;
    await other.leases.renew([fence], 5000);
    await other.leases.started(fence, 1);
    await other.processes.heartbeat([{ id: "w", state: "running", ageMs: 0 }]);
    expect(await told(() => other.settings.set("concurrency", "2"))).toEqual(["settings"]);
  });

  it("has another version after a write of others, and keeps it otherwise", async () => {
    expect(await store.version()).toBeNull();
    await listen();
    const before = await store.version();
    await told(() => insert(other, {}));
    expect(await store.version()).not.toBe(before);
  });

  it("hears of the last of many writes, also from a process that leaves at once", async () => {
    await listen();
    let seen = 0;
    store.onWork(async () => {
      seen = (await store.jobs.counts()).pending ?? 0;
    });
    for (let i = 0; i < 20; i++) await insert(other, {});
    await other.close();
    await waitFor("a look that finds all", () => seen === 20);
    expect(store.hears()).toBe(true);
  });

  it("listens again when its connection is lost, and looks at everything then", async () => {
    await listen();
    const [lost] = await listeners();
    await harness.raw.query("SELECT pg_terminate_backend($1)", [lost]);
    await waitFor("another connection", async () => {
      const [now] = await listeners();
      return now !== undefined && now !== lost && store.hears();
    });
    expect(heard).toContainEqual([...CHANGE_KINDS]);
    expect(await told(() => insert(other, {}))).toEqual(["work"]);
  });

  it("looks by itself if what it listens to is silent", async () => {
    // Notifications stay in their database. A pooler in transaction mode is as silent.
    process.env.QUEUECTL_DB_LISTEN = server.url("", "template1");
    try {
      const deaf = await harness.connect();
      let looks = 0;
      deaf.onWork(() => looks++);
      await waitFor("its connection", async () => (await listeners()).length > 0);
      await waitFor("three looks", () => looks >= 3);
      expect(deaf.hears()).toBe(false);
      expect(await deaf.version()).toBeNull();
    } finally {
      delete process.env.QUEUECTL_DB_LISTEN;
    }
  });

  it("needs no connection of its own if it is told", async () => {
    const hearing = new Told();
    const location = new PostgresLocation(harness.url);
    const worker = await openPostgresStore({ database: location, home: "/nonexistent", hearing });
    worker.onWork((about) => heard.push([...about]));
    expect([worker.hears(), await worker.version()]).toEqual([false, null]);
    expect(await told(async () => hearing.tell(["work"], true))).toEqual(["work"]);
    expect(worker.hears()).toBe(true);
    const before = await worker.version();
    hearing.tell(["moved"], true);
    expect(await worker.version()).not.toBe(before);
    expect(await listeners()).toEqual([]);
    await worker.close();
  });
});

it("keeps for its next listener what it was told before", async () => {
  const hearing = new Told();
  hearing.tell(["work"], true);
  hearing.tell(["work", "cancel"], true);
  const heard: ChangeKind[][] = [];
  hearing.on((about) => heard.push([...about]));
  await waitFor("what it has missed", () => heard.length > 0);
  expect(heard).toEqual([["work", "cancel"]]);
});
