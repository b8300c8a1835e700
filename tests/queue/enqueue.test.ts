/** Enqueueing through the library. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Client, type PreparedJob } from "../../src/index.js";

let folder: string;
let client: Client;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "queuectl-library-"));
  client = await Client.open({ home: folder });
});
afterEach(async () => {
  await client.close();
  rmSync(folder, { recursive: true, force: true });
});

it("says of a description that it has to be prepared", async () => {
  const raw = { command: "true" } as unknown as PreparedJob;
  for (const batch of [[raw], [client.prepare({ command: "true" }), raw], ["true" as unknown as PreparedJob]]) {
    const failing = client.enqueueAll([batch]);
    await expect(failing).rejects.toMatchObject({ code: "usage", hint: expect.stringContaining("client.prepare(") });
  }
  expect(await client.list()).toEqual([]);
  expect(await client.enqueueAll([[client.prepare({ command: "true" })]])).toBe(1);
});

it("answers with the job that has the key, also if that is the same", async () => {
  const spec = { id: "n", command: "true", unique: "k", on_conflict: "skip" } as const;
  await client.enqueue(spec);
  const skipped: unknown[] = [];
  expect(await client.enqueue(spec, { onSkipped: (...of) => skipped.push(of) })).toMatchObject({ id: "n" });
  expect(skipped).toEqual([["n", "n", 0]]);
});
