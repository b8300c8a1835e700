import { expect, it } from "vitest";
import type { ProcessRecord } from "../../../src/store/contract/store.js";
import { waitFor } from "../../support/wait-for.js";
import { insert } from "../harness.js";
import type { Current } from "../store-suite.js";

const record = (fields: Partial<ProcessRecord>): Omit<ProcessRecord, "startedAt" | "heartbeatAt"> => ({
  id: "p1",
  kind: "worker",
  host: "here",
  hostId: "machine-1",
  bootId: "boot-1",
  pidNamespace: "4026531836",
  pid: 100,
  startTime: "12345",
  home: "/q",
  pool: "main",
  supervisorId: null,
  state: "starting",
  restarts: 0,
  queues: null,
  slots: 1,
  program: null,
  ...fields,
});

export function otherCases(current: Current): void {
  it("registers processes, and lists them by kind and start", async () => {
    const { store, clock } = current();
    const start = clock.now();
    const program = { version: "1.0.0", build: "b", folder: "/f" };
    const fields = { id: "w1", supervisorId: "s1", restarts: 2, queues: ["a", "b"], slots: 4, program };
    await store.processes.register(record(fields));
    clock.advance(1);
    await store.processes.register(record({ id: "a-later-worker" }));
    await store.processes.register(record({ id: "s1", kind: "supervisor", state: "running" }));
    const list = await store.processes.list();
    expect(list.map((process) => process.id)).toEqual(["s1", "w1", "a-later-worker"]);
    expect(list[1]).toEqual({
      ...record(fields),
      startedAt: start,
      heartbeatAt: start,
    });
  });

  it("takes heartbeats and farewells, also of processes that it does not know", async () => {
    const { store, clock } = current();
    await store.processes.register(record({}));
    clock.advance(1000);
    const beat = { id: "p1", state: "draining", ageMs: 0 } as const;
    expect(await store.processes.heartbeat([beat, { ...beat, id: "unknown" }])).toEqual(["unknown"]);
    expect(await store.processes.list()).toMatchObject([{ id: "p1", state: "draining", heartbeatAt: clock.now() }]);
    clock.advance(1000);
    expect(await store.processes.heartbeat([{ id: "p1", state: null, ageMs: 300 }])).toEqual([]);
    const heartbeatAt = clock.now() - 300;
    expect(await store.processes.list()).toMatchObject([{ id: "p1", state: "draining", heartbeatAt }]);
    await store.processes.deregister("p1");
    await store.processes.deregister("p1");
    expect(await store.processes.list()).toEqual([]);
  });

  it("gives each command to its supervisor once, in order, and to none that is gone", async () => {
    const { store, connect } = current();
    const scale = { kind: "scale", workers: 3 } as const;
    expect(await store.processes.sendCommand("s1", scale)).toBe(false);
    await store.processes.register(record({ id: "s1", kind: "supervisor" }));
    expect(await store.processes.takeCommands("s1")).toEqual([]);
    const other = await connect();
    expect(await other.processes.sendCommand("s1", scale)).toBe(true);
    expect(await other.processes.sendCommand("s1", { kind: "restart" })).toBe(true);
    expect(await store.processes.takeCommands("s2")).toEqual([]);
    expect(await store.processes.takeCommands("s1")).toEqual([scale, { kind: "restart" }]);
    expect(await store.processes.takeCommands("s1")).toEqual([]);
    await other.processes.sendCommand("s1", scale);
    await store.processes.deregister("s1");
    await store.processes.register(record({ id: "s1", kind: "supervisor" }));
    expect(await store.processes.takeCommands("s1")).toEqual([]);
  });

  it("keeps settings as they were written", async () => {
    const { store, connect } = current();
    expect(await store.settings.all()).toEqual({});
    await store.settings.set("max-retries", "3");
    await store.settings.set("max-retries", " 5 ");
    await store.settings.set("lease", "15s");
    expect(await (await connect()).settings.all()).toEqual({ lease: "15s", "max-retries": " 5 " });
    await store.settings.set("lease", null);
    await store.settings.set("never-there", null);
    expect(await store.settings.all()).toEqual({ "max-retries": " 5 " });
  });

  it("wakes when somebody else has written, every time, until it is told to stop", async () => {
    const { store, connect } = current();
    const other = await connect();
    let woken = 0;
    const stop = store.onWork(() => {
      woken++;
    });
    for (let round = 0; round < 3; round++) {
      const before = woken;
      await insert(other, {});
      await waitFor("a wake-up", () => woken > before);
    }
    stop();
    const after = woken;
    await insert(other, {});
    const stopOther = store.onWork(() => undefined);
    await insert(other, {});
    stopOther();
    expect(woken).toBe(after);
  });

  it("has another version after another process has written, and only then", async () => {
    const { store, connect } = current();
    const other = await connect();
    let version = await store.version();
    for (let round = 0; round < 3; round++) {
      await insert(store, {});
      await other.jobs.counts();
      expect(await store.version()).toBe(version);
      await insert(other, {});
      // Null: a database that cannot tell, so a caller that polls has to query.
      if (version !== null) expect(await store.version()).not.toBe(version);
      version = await store.version();
    }
  });

  it("still has everything when it is opened again, and can be closed twice", async () => {
    const { store, connect } = current();
    const [id = ""] = await insert(store, {});
    await store.close();
    await store.close();
    const again = await connect();
    expect(await again.jobs.get(id)).toMatchObject({ id });
  });
}
