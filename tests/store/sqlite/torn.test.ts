/** The write-ahead log of an open database is deleted. */
import { rmSync } from "node:fs";
import { expect, it } from "vitest";
import { openSqliteStore } from "../../../src/store/sqlite/store.js";
import { temporaryHome } from "./harness.js";

it("what was written is in the database when the writer closes, also while another process has the log open", async () => {
  const place = await temporaryHome();
  const writer = await openSqliteStore(place);
  const reader = await openSqliteStore(place);
  await writer.settings.set("retention", "1d");
  for (const suffix of ["-wal", "-shm"]) rmSync(`${place.path}${suffix}`);
  await writer.settings.set("retention", "2d");
  await writer.close();
  const next = await openSqliteStore(place);
  expect(await next.settings.all()).toEqual({ retention: "2d" });
  await next.close();
  await reader.close();
  await place.remove();
});
