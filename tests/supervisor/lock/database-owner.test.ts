/** Two supervisors on one database: of a kind that has one home, and of one that may have several. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { ConflictError } from "../../../src/core/errors.js";
import { locateHome } from "../../../src/home/home.js";
import { ownIdentity } from "../../../src/system/identity.js";
import { yieldToOther } from "../../../supervisor/lock/database-owner.js";
import type { StoreHarness } from "../../store/harness.js";
import { openSqliteHarness } from "../../store/sqlite/harness.js";

const home = locateHome({ home: "/q", db: "/shared.db" }, {});
let harness: StoreHarness;
beforeEach(async () => {
  harness = await openSqliteHarness();
  for (const id of ["first", "second"]) {
    await harness.store.processes.register({
      ...ownIdentity(),
      id,
      kind: "supervisor",
      home: `/home-of-${id}`,
      supervisorId: null,
      state: "starting",
      restarts: 0,
      queues: null,
      slots: 0,
    });
  }
});
afterEach(() => harness.close());

const registered = async () => (await harness.store.processes.list()).map(({ id }) => id).sort();

it("lets the second one yield where a database has one home", async () => {
  await yieldToOther(home, harness.store, "first");
  const yielding = yieldToOther(home, harness.store, "second");
  await expect(yielding).rejects.toThrow(ConflictError);
  await expect(yielding).rejects.toThrow(
    /^the supervisor of \/home-of-first \(pid \d+\) works on \/shared\.db already$/,
  );
  expect(await registered()).toEqual(["first"]);
});

it("lets both work where it may have several", async () => {
  const shared = { ...harness.store, oneHome: false };
  await yieldToOther(home, shared, "first");
  await yieldToOther(home, shared, "second");
  expect(await registered()).toEqual(["first", "second"]);
});
