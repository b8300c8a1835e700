import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Store } from "../../../src/store/contract/store.js";
import { openSqliteStore } from "../../../src/store/sqlite/store.js";
import { DatabaseWatch } from "../../../supervisor/run/database-watch.js";
import { temporaryHome } from "../../store/sqlite/harness.js";

let place: Awaited<ReturnType<typeof temporaryHome>>;
let store: Store;
let watch: DatabaseWatch;
beforeEach(async () => {
  place = await temporaryHome();
  store = await openSqliteStore(place);
  watch = await DatabaseWatch.of(store);
});
afterEach(async () => {
  await store.close();
  await place.remove();
});

it("sees that a database is deleted, made anew, or replaced by a backup, and not that it is written", async () => {
  await store.settings.set("retention", "1d");
  expect(await watch.isReplaced()).toBe(false);
  cpSync(place.path, `${place.path}.backup`);
  renameSync(`${place.path}.backup`, place.path);
  expect(await watch.isReplaced()).toBe(true);
  rmSync(place.path);
  expect(await watch.isReplaced()).toBe(true);
  expect(await store.identity()).toBeNull();
  mkdirSync(place.path);
  expect(await watch.isReplaced()).toBe(true);
});

it.each(["-wal", "-shm"])("sees that its %s is deleted, also if another one is made", async (suffix) => {
  await store.settings.set("retention", "1d");
  renameSync(`${place.path}${suffix}`, `${place.path}.kept`);
  expect(await watch.isReplaced()).toBe(true);
  writeFileSync(`${place.path}${suffix}`, "");
  expect(await watch.isReplaced()).toBe(true);
});

it("sees that it is emptied", async () => {
  truncateSync(place.path, 0);
  expect(await watch.isReplaced()).toBe(true);
});

it("does not take what the system refuses to tell for a replacement", async () => {
  renameSync(place.path, `${place.path}.moved`);
  symlinkSync(place.path, place.path);
  await expect(store.identity()).rejects.toThrow("ELOOP");
  expect(await watch.isReplaced()).toBe(false);
});
