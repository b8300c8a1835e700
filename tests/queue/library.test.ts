/** What the library refuses, which the command line never lets through to it, and what only the library does. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.js";
import { Client, contextOf } from "../../src/queue/client.js";
import type { StreamName } from "../../src/queue/outputs.js";
import type { NewSchedule } from "../../src/queue/schedules.js";
import { NoSuchScheduleError } from "../../src/store/errors.js";
import { large, processing, settle, short } from "../store/harness.js";

let dir: string;
let client: Client;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "queuectl-library-"));
  client = await Client.open({ home: dir });
});
afterEach(async () => {
  await client.close();
  rmSync(dir, { recursive: true });
});

it("reads what was kept of a stream: from the row, from its file, or what the row has if that is gone", async () => {
  const { store } = contextOf(client);
  const job = await processing(store, { id: "a" });
  const output = { stdout: short("short\n"), stderr: large(store, "output/1.err"), host: null };
  await settle(store, job, undefined, undefined, { output });
  const read = async (stream: StreamName) => {
    const parts: Buffer[] = [];
    for await (const bytes of client.outputs.read(job, stream)) parts.push(bytes);
    return Buffer.concat(parts).toString();
  };
  const whole = "0123456789".repeat(100_000);
  writeFileSync(join(dir, "output/1.err"), whole);
  expect([await read("stdout"), (await read("stderr")) === whole]).toEqual(["short\n", true]);
  rmSync(join(dir, "output/1.err"));
  expect(await read("stderr")).toBe("head and tail");
  await client.jobs.delete("a");
  await expect(read("stdout")).rejects.toThrow("the output was deleted");
});

it.each<[string, object]>([
  ["no name", { name: undefined }],
  ["an overlap that there is not", { overlap: "never" }],
  ["a catch-up that there is not", { catchup: "some" }],
  ["a job with a fixed id", { job: { command: "true", id: "a" } }],
  ["a job that waits for another", { job: { command: "true", after: ["a"] } }],
])("a schedule with %s", async (_, wrong) => {
  const schedules = client.schedules;
  const given = { name: "s", cron: "@daily", job: { command: "true" }, ...wrong } as NewSchedule;
  await expect(schedules.add(given)).rejects.toThrow(UsageError);
  expect(await schedules.list()).toEqual([]);
});

it("names a schedule that does not exist by an error of its own", async () => {
  const { schedules } = client;
  await schedules.add({ name: "backup", cron: "@daily", job: { command: "true" } });
  const calls = [
    () => schedules.get("bakup"),
    () => schedules.next("bakup", 1),
    () => schedules.pause("bakup"),
    () => schedules.resume("bakup"),
    () => schedules.remove("bakup"),
    () => schedules.run("bakup"),
  ];
  const expected = { name: "NoSuchScheduleError", code: "not_found", exitCode: 3, hint: "did you mean backup?" };
  for (const call of calls) {
    const error = await call().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NoSuchScheduleError);
    expect(error).toMatchObject(expected);
  }
});

it("keeps all that is said of a policy at once", async () => {
  const { policies } = client;
  await Promise.all([
    policies.set("a", { maxRetries: 5 }),
    policies.set("a", { jitter: 0.5 }),
    policies.set("a", { backoff: "fixed" }),
  ]);
  expect(await policies.get("a")).toEqual({ maxRetries: 5, jitter: 0.5, backoff: "fixed" });
});
