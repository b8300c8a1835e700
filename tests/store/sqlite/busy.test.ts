/** What happens when another process holds the write lock. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { StoreBusyError } from "../../../src/core/errors.js";
import type { Store } from "../../../src/store/contract/store.js";
import { openSqliteStore } from "../../../src/store/sqlite/store.js";
import { Fixture } from "../fixtures/fixture.js";
import { claim, insert } from "../harness.js";
import { temporaryHome } from "./harness.js";

let place: Awaited<ReturnType<typeof temporaryHome>>;
let patient: Store;
let impatient: Store;
let locker: Fixture;

beforeEach(async () => {
  place = await temporaryHome();
  patient = await openSqliteStore(place);
  impatient = await openSqliteStore({ ...place, busyTimeoutMs: 50 });
  await insert(patient, { id: "there" });
  locker = new Fixture("locker", [place.path]);
  expect(await locker.line()).toBe("locked");
});

afterEach(async () => {
  locker.kill();
  await patient.close();
  await impatient.close();
  await place.remove();
});

it("gives up in the end, saying so, with nothing written", async () => {
  await expect(insert(impatient, { id: "new" })).rejects.toThrow(StoreBusyError);
  await expect(claim(impatient)).rejects.toThrow(/was locked for .* nothing was written/);
  await expect(impatient.settings.set("a", "b")).rejects.toMatchObject({ code: "busy", exitCode: 75 });
  locker.go();
  expect(await locker.line()).toBe("released");
  expect(await patient.jobs.list({})).toMatchObject([{ id: "there", state: "pending" }]);
  expect(await patient.settings.all()).toEqual({});
  expect(await claim(impatient)).toMatchObject([{ id: "there" }]);
});

it("reads meanwhile", async () => {
  expect(await impatient.jobs.get("there")).toMatchObject({ id: "there" });
  expect(await impatient.jobs.counts()).toMatchObject({ pending: 1 });
});

it("goes on when the lock is released, and lets timers run while it waits", async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns++;
    if (turns === 3) locker.go();
  }, 1);
  await insert(patient, { id: "new" });
  clearInterval(timer);
  expect(turns).toBeGreaterThanOrEqual(3);
  expect(await patient.jobs.get("new")).toMatchObject({ id: "new" });
});
