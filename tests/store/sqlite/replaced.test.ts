import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Store } from "../../../src/store/contract/store.js";
import { openSqliteStore } from "../../../src/store/sqlite/store.js";
import { temporaryHome } from "./harness.js";

let place: Awaited<ReturnType<typeof temporaryHome>>;
let store: Store;
beforeEach(async () => {
  place = await temporaryHome();
  store = await openSqliteStore(place);
});
afterEach(async () => {
  await store.close();
  await place.remove();
});

it("sees that a database is deleted, made anew, or replaced by a backup, and not that it is written", async () => {
  await store.settings.set("retention", "1d");
  expect(await store.isReplaced()).toBe(false);
  cpSync(place.path, `${place.path}.backup`);
  renameSync(`${place.path}.backup`, place.path);
  expect(await store.isReplaced()).toBe(true);
  rmSync(place.path);
  expect(await store.isReplaced()).toBe(true);
  mkdirSync(place.path);
  expect(await store.isReplaced()).toBe(true);
});

it.each(["-wal", "-shm"])("sees that its %s is deleted, also if another one is made", async (suffix) => {
  await store.settings.set("retention", "1d");
  renameSync(`${place.path}${suffix}`, `${place.path}.kept`);
  expect(await store.isReplaced()).toBe(true);
  writeFileSync(`${place.path}${suffix}`, "");
  expect(await store.isReplaced()).toBe(true);
});

it("sees that it is emptied", async () => {
  truncateSync(place.path, 0);
  expect(await store.isReplaced()).toBe(true);
});

it("does not take what the system refuses to tell for a replacement", async () => {
  renameSync(place.path, `${place.path}.moved`);
  symlinkSync(place.path, place.path);
  expect(await store.isReplaced()).toBe(false);
});
