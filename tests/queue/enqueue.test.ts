/** Enqueueing through the library. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Client } from "../../src/index.js";

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

it("answers with the job that has the key, also if that is the same", async () => {
  const spec = { id: "n", command: "true", unique: "k", onConflict: "skip" } as const;
  await client.jobs.enqueue(spec);
  const skipped: unknown[] = [];
  expect(await client.jobs.enqueue(spec, { onSkipped: (...of) => skipped.push(of) })).toMatchObject({ id: "n" });
  expect(skipped).toEqual([["n", "n", 0]]);
});
