/** Processes that cannot be looked at, such as those of another container: there while they beat. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { resolveConfig } from "../../src/config/config.js";
import { readStatus } from "../../src/queue/status.js";
import { ownIdentity } from "../../src/system/process/identity.js";
import type { StoreHarness } from "../store/harness.js";
import { openSqliteHarness } from "../store/sqlite/harness.js";

let harness: StoreHarness;
beforeEach(async () => {
  harness = await openSqliteHarness();
});
afterEach(() => harness.close());

const common = {
  home: "/q",
  pool: "main",
  state: "running",
  restarts: 0,
  queues: null,
  slots: 1,
  program: null,
} as const;
const status = async () => readStatus(harness.store, resolveConfig({}));

it("counts a process of another pid namespace as there until it has been silent for 15 s", async () => {
  const { store, clock } = harness;
  const elsewhere = { ...ownIdentity(), pidNamespace: "another", ...common };
  await store.processes.register({ ...elsewhere, id: "s", kind: "supervisor", supervisorId: null });
  await store.processes.register({ ...elsewhere, id: "w", kind: "worker", supervisorId: "s" });
  clock.advance(15_000);
  expect(await status()).toMatchObject({ supervisor: { running: true }, workers: [{ state: "idle" }] });
  clock.advance(1);
  expect(await status()).toMatchObject({ supervisor: { running: false }, workers: [{ state: "dead" }] });
  await store.processes.heartbeat([{ id: "w", state: "running", ageMs: 0 }]);
  expect(await status()).toMatchObject({ supervisor: { running: false }, workers: [{ state: "idle" }] });
});

it("counts a process of this host as there while it lives, however old its heartbeat", async () => {
  const { store, clock } = harness;
  await store.processes.register({ ...ownIdentity(), ...common, id: "w", kind: "worker", supervisorId: "s" });
  clock.advance(86_400_000);
  expect((await status()).workers).toMatchObject([{ state: "idle" }]);
});

it("neither counts heartbeats from before the clock was set back, nor shows a time that is below zero", async () => {
  const { store, clock } = harness;
  const elsewhere = { ...ownIdentity(), pidNamespace: "another", ...common };
  await store.processes.register({ ...elsewhere, id: "silent", kind: "worker", supervisorId: "s" });
  await store.processes.register({ ...ownIdentity(), ...common, id: "s", kind: "supervisor", supervisorId: null });
  clock.advance(-3 * 3_600_000);
  expect(await status()).toMatchObject({
    supervisor: { running: true, uptimeMs: 0 },
    workers: [{ state: "dead", uptimeMs: 0, heartbeatAgeMs: 0 }],
  });
  await store.processes.heartbeat([{ id: "silent", state: "running", ageMs: 0 }]);
  expect(await status()).toMatchObject({ workers: [{ state: "idle" }] });
});
