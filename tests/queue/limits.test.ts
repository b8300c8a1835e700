/** What the library refuses of queues' names and limits, as the command line does; nothing is written then. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Queue } from "../../src/queue/client.js";

let folder: string;
let queue: Queue;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "queuectl-limits-"));
  queue = await Queue.open({ home: folder });
});
afterEach(async () => {
  await queue.close();
  rmSync(folder, { recursive: true, force: true });
});

it("refuses limits that make no sense, and keeps those that were set", async () => {
  const rate = { count: 10, perMs: 60_000 };
  await queue.queues.limit("m", { rate });
  for (const wrong of [{ rate: "10/m" }, { concurrency: 0 }, { max_length: 3 }]) {
    await expect(queue.queues.limit("m", wrong as object)).rejects.toMatchObject({ code: "usage" });
  }
  expect(await queue.queues.limit("m", { concurrency: 2 })).toEqual({ concurrency: 2, rate, maxLength: null });
});

it("refuses names of queues that are none, or our own", async () => {
  const none = undefined as unknown as string;
  await expect(queue.queues.limit("_hooks", { concurrency: 1 })).rejects.toMatchObject({ code: "usage" });
  await expect(queue.queues.limit(none, {})).rejects.toMatchObject({ code: "usage" });
  await expect(queue.queues.pause(none)).rejects.toMatchObject({ code: "usage" });
  await expect(queue.queues.resume(none)).rejects.toMatchObject({ code: "usage" });
  expect(await queue.queues.list()).toEqual([]);
});
