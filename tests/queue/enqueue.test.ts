/** Enqueueing, changing and reading jobs through the library. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Client, JobConflictError, type JobSpec } from "../../src/index.js";

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

it("reads a job in the spelling in which it was described", async () => {
  const spec = {
    ...{ id: "a", command: ["make", "all"], queue: "ci", priority: 3, cwd: "/", env: { A: "1" }, tags: ["x"] },
    ...{ runAt: Date.UTC(2030, 0), timeoutMs: 1500, maxRetries: 7, backoff: "fixed", backoffBase: 2 },
    ...{ backoffMaxMs: 60_000, jitter: 0.5, retryOn: [1], noRetryOn: [2], snoozeOn: [75], snoozeDelayMs: 5000 },
    ...{ deadlineMs: 86_400_000, unique: "u", limitKey: "k", limit: 2, onUnmet: "hold", nice: 5 },
    ...{ memoryBytes: 8_388_608, cpuTimeMs: 3000, onCompleted: "echo", onDead: ["mail", "me"] },
    ...{ webhookUrl: "https://example.com/hook", webhookEvents: ["dead"] },
  } as const satisfies JobSpec;
  const job = await client.jobs.enqueue(spec);
  expect(job).toMatchObject(spec);
  expect(job.inherited).toEqual([]);
  expect((await client.jobs.enqueue({ command: "true" })).inherited).toContain("maxRetries");
});

describe("many at once", () => {
  async function* stream(count: number): AsyncGenerator<JobSpec> {
    for (let n = 0; n < count; n++) yield { id: `j${n}`, command: "true", ...(n > 0 && { after: `j${n - 1}` }) };
  }

  it("come from a list or a stream, and wait for each other", async () => {
    expect(await client.jobs.enqueueMany([{ id: "a", command: "x" }])).toEqual(["a"]);
    const ids = await client.jobs.enqueueMany(stream(2500));
    expect([ids.length, ids[2499]]).toEqual([2500, "j2499"]);
    expect(await client.jobs.dependencies("j2499")).toMatchObject([{ parent: "j2498" }]);
  });

  it("are all refused if one is wrong, and the error says which, in the library's keys", async () => {
    const wrong = client.jobs.enqueueMany([{ command: "true" }, { command: "true", maxRetries: 0 }]);
    await expect(wrong).rejects.toThrow('specs[1]: "maxRetries" is 0: it must be at least 1');
    const twice = client.jobs.enqueueMany(["a", "b", "a"].map((id) => ({ id, command: "true" })));
    await expect(twice).rejects.toMatchObject({ name: "JobConflictError", code: "conflict", position: 2 });
    await expect(twice).rejects.toBeInstanceOf(JobConflictError);
    expect(await client.jobs.count()).toBe(0);
  });

  it("answer with the job that has the unique key for one that is left out", async () => {
    const spec = { command: "true", unique: "k", onConflict: "skip" } as const;
    expect(
      await client.jobs.enqueueMany([
        { ...spec, id: "a" },
        { ...spec, id: "b" },
      ]),
    ).toEqual(["a", "a"]);
  });
});

it("changes what an edit names, takes away what is null, and keeps the rest", async () => {
  await client.jobs.enqueue({ id: "a", command: "true", priority: 1, timeoutMs: 5000, tags: ["x"] });
  const edited = await client.jobs.edit("a", { priority: 5, timeoutMs: null });
  expect(edited).toMatchObject({ priority: 5, tags: ["x"], inherited: expect.arrayContaining(["timeoutMs"]) });
  await expect(client.jobs.edit("a", { unique: "k" } as object)).rejects.toThrow(
    'a change of a job has no key "unique"',
  );
  await expect(client.jobs.edit("a", { priority: "high" } as object)).rejects.toThrow('"priority" is "high"');
});

it("lists by an expression, and says which key of a filter it does not know", async () => {
  await client.jobs.enqueueMany(["a", "b"].map((id, n) => ({ id, command: "true", priority: n })));
  expect((await client.jobs.list({ where: "priority > 0", order: "runAt" })).map(({ id }) => id)).toEqual(["b"]);
  await expect(client.jobs.list({ where: "priority >" })).rejects.toMatchObject({ name: "UsageError" });
  await expect(client.jobs.list({ state: "dead" } as object)).rejects.toMatchObject({ hint: "did you mean states?" });
});

it("refuses an option that it does not have", async () => {
  const spec = { command: "true" };
  await expect(client.jobs.enqueue(spec, { replaced: true } as object)).rejects.toMatchObject({
    name: "UsageError",
    message: 'enqueue has no option "replaced"',
    hint: "did you mean replace?",
  });
  await expect(client.jobs.wait([], { timeout: 5 } as object)).rejects.toThrow('wait has no option "timeout"');
  await expect(Client.open({ hom: folder } as object)).rejects.toThrow('Client.open has no option "hom"');
});

it("keeps a schedule's job in its spelling, and its policy's too", async () => {
  const { policies, schedules } = client;
  await policies.set("api", { snoozeOn: [75], snoozeDelayMs: 5000 });
  await policies.set("api", { maxRetries: 9, snoozeOn: null });
  expect(await policies.get("api")).toEqual({ maxRetries: 9, snoozeDelayMs: 5000 });
  await expect(policies.set("api", { timeoutMs: -1 })).rejects.toThrow('"timeoutMs" is -1');
  await schedules.add({ name: "s", cron: "@daily", zone: "UTC", job: { command: "x", cwd: "/", timeoutMs: 1500 } });
  expect((await schedules.get("s")).job).toEqual({ command: "x", cwd: "/", timeoutMs: 1500 });
});
