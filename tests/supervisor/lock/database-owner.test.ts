/** Two supervisors on one database: of a kind that has one home, and of one that may have several. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { ConflictError } from "../../../src/core/errors.js";
import { locateHome } from "../../../src/home/home.js";
import { ownIdentity } from "../../../src/system/process/identity.js";
import { yieldToOther } from "../../../supervisor/lock/database-owner.js";
import type { StoreHarness } from "../../store/harness.js";
import { openSqliteHarness } from "../../store/sqlite/harness.js";

const homeOf = (id: string) => locateHome({ home: `/home-of-${id}`, db: "/shared.db" }, {});
let harness: StoreHarness;
beforeEach(async () => {
  harness = await openSqliteHarness();
  for (const id of ["first", "second"]) {
    await harness.store.processes.register({
      ...ownIdentity(),
      id,
      kind: "supervisor",
      home: `/home-of-${id}`,
      pool: "main",
      supervisorId: null,
      state: "starting",
      restarts: 0,
      queues: null,
      slots: 0,
      program: null,
    });
  }
});
afterEach(() => harness.close());

const registered = async () => (await harness.store.processes.list()).map(({ id }) => id).sort();

it("lets the second one yield where a database has one home", async () => {
  await yieldToOther(homeOf("first"), harness.store, "first");
  const yielding = yieldToOther(homeOf("second"), harness.store, "second");
  await expect(yielding).rejects.toThrow(ConflictError);
  await expect(yielding).rejects.toThrow(
    /^the supervisor of \/home-of-first \(pid \d+\) works on \/shared\.db already$/,
  );
  expect(await registered()).toEqual(["first"]);
});

it("lets the pools of one home work side by side", async () => {
  const { store } = harness;
  const [record] = await store.processes.list();
  if (record) await store.processes.register({ ...record, id: "third", pool: "gpu" });
  await store.processes.deregister("second");
  await yieldToOther(homeOf("first"), store, "first");
  await yieldToOther(homeOf("first"), store, "third");
  expect(await registered()).toEqual(["first", "third"]);
});

it("lets both work where it may have several", async () => {
  const shared = { ...harness.store, oneHome: false };
  await yieldToOther(homeOf("first"), shared, "first");
  await yieldToOther(homeOf("second"), shared, "second");
  expect(await registered()).toEqual(["first", "second"]);
});
