/** What the library refuses of queues' names and limits, as the command line does; nothing is written then. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Client } from "../../src/queue/client.js";

let folder: string;
let client: Client;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "queuectl-limits-"));
  client = await Client.open({ home: folder });
});
afterEach(async () => {
  await client.close();
  rmSync(folder, { recursive: true, force: true });
});

it("refuses limits that make no sense, and keeps those that were set", async () => {
  const rate = { count: 10, perMs: 60_000 };
  await client.queues.limit("m", { rate });
  for (const wrong of [{ rate: "10/m" }, { concurrency: 0 }, { max_length: 3 }]) {
    await expect(client.queues.limit("m", wrong as object)).rejects.toMatchObject({ code: "usage" });
  }
  expect(await client.queues.limit("m", { concurrency: 2 })).toEqual({ concurrency: 2, rate, maxLength: null });
});

it("refuses names of queues that are none, or our own", async () => {
  const none = undefined as unknown as string;
  await expect(client.queues.limit("_hooks", { concurrency: 1 })).rejects.toMatchObject({ code: "usage" });
  await expect(client.queues.limit(none, {})).rejects.toMatchObject({ code: "usage" });
  await expect(client.queues.pause(none)).rejects.toMatchObject({ code: "usage" });
  await expect(client.queues.resume(none)).rejects.toMatchObject({ code: "usage" });
  expect(await client.queues.list()).toEqual([]);
});
