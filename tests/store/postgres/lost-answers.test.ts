/** The answer to a COMMIT is lost on its way: what was committed is done once, and its caller is told so. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../../../src/store/contract/store.js";
import { openPostgresStore } from "../../../src/store/postgres/store.js";
import { PostgresLocation } from "../../../src/store/postgres-location.js";
import { LossyProxy } from "../../postgres/proxy.js";
import { noPostgres, type PostgresServer, startPostgres } from "../../postgres/server.js";
import { COMPLETE, claim, insert, newJob } from "../harness.js";
import { openPostgresHarness, type PostgresHarness } from "./harness.js";

describe.skipIf(noPostgres !== undefined)("if the answer to a commit is lost", () => {
  let server: PostgresServer;
  let proxy: LossyProxy;
  let harness: PostgresHarness;
  let store: Store;
  beforeAll(async () => {
    server = await startPostgres();
    proxy = await LossyProxy.before(server.socket);
  });
  afterAll(async () => {
    proxy?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    harness = await openPostgresHarness(server);
    const url = harness.url.replace(encodeURIComponent(server.socket), encodeURIComponent(proxy.folder));
    store = await openPostgresStore({ database: new PostgresLocation(url), home: "/nonexistent" });
    proxy.lost = 0;
  });
  afterEach(async () => {
    proxy.loses = false;
    await store.close();
    await harness.close();
  });

  async function lossy<T>(call: () => Promise<T>): Promise<T> {
    proxy.loses = true;
    const before = proxy.lost;
    const result = await call();
    expect(proxy.lost).toBe(before + 1);
    return result;
  }

  it("jobs are inserted once", async () => {
    const jobs = [newJob(), newJob()];
    expect(await lossy(() => store.jobs.insert([jobs]))).toBe(2);
    expect((await store.jobs.counts()).pending).toBe(2);
  });

  it("a job is claimed once, and the worker knows of it", async () => {
    await insert(store, {}, {});
    const [job] = await lossy(() => claim(store));
    expect(job?.attempt).toBe(1);
    expect(await store.leases.held([job?.fence ?? 0])).toEqual([job?.fence]);
    expect((await store.jobs.counts()).processing).toBe(1);
  });

  it("an attempt is settled once, and its worker is told that it was", async () => {
    const [id = ""] = await insert(store, {});
    const [job] = await claim(store);
    const settlement = {
      jobId: id,
      fence: job?.fence ?? 0,
      outcome: { kind: "succeeded" },
      decision: COMPLETE,
    } as const;
    expect(await lossy(() => store.leases.settle([settlement]))).toEqual([true]);
    expect((await store.jobs.counts()).completed).toBe(1);
  });

  it("and again and again, each call still counts once", async () => {
    for (let round = 1; round <= 5; round++) {
      await lossy(() => insert(store, {}));
      expect((await store.jobs.counts()).pending).toBe(round);
    }
  });
});
