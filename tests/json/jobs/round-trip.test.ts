/**
 * What `show --json` prints of a job makes the same job again. On a failure fast-check prints the seed and the shortest description;
 * ROUND_TRIP_SEED=n replays it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readReport } from "../../../src/cli/actions/read-report.js";
import type { Job } from "../../../src/core/job/job.js";
import type { JsonKey } from "../../../src/core/job/keys.js";
import { JOB_KEYS } from "../../../src/core/job/schema.js";
import type { PolicySpecJson } from "../../../src/core/retry/spec.js";
import { jsonText } from "../../../src/json/exact.js";
import { readJob } from "../../../src/json/jobs/read-job.js";
import { reportToJson } from "../../../src/json/jobs/report.js";
import { Client, contextOf } from "../../../src/queue/client.js";
import { enqueuePrepared, prepareFromJson, setPolicy } from "../../../src/queue/json-jobs.js";
import { ManualClock } from "../../store/harness.js";

const POLICIES: Readonly<Record<string, PolicySpecJson>> = {
  lists: { max_retries: 7, retry_on: [5], no_retry_on: [6], snooze_on: [75], snooze_delay: 5, timeout: "2m" },
  waits: { backoff: "fixed", backoff_base: 9, backoff_max: "10m", jitter: 0.25, deadline: "3h" },
};
const PARENTS = ["waits-for-it", "waits-for-any"];

const text = fc.string({ unit: "binary", maxLength: 12 }).map((one) => one.replaceAll("\0", ""));
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,20}$/);
const key = text.filter((one) => one !== "");
const ms = fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 10 ** 9 }));
const duration = fc.oneof(
  ms.map((one) => one / 1000),
  ms.map((one) => `${one}ms`),
  fc.integer({ min: 1, max: 500 }).map((one) => `${one}m`),
);
const command = fc.oneof(
  text.map((one) => `echo ${one}`),
  fc.array(text, { maxLength: 4 }).map((words) => ["printf", ...words]),
);
/** For each key, values that `enqueue` takes. */
const VALUES: Readonly<Record<JsonKey, fc.Arbitrary<unknown>>> = {
  id: name.map((one) => `given-${one}`),
  command,
  priority: fc.integer({ min: -(10 ** 9), max: 10 ** 9 }),
  queue: name,
  run_at: fc.constantFrom("2031-05-06T07:08:09.123Z", "2029-01-01T00:00:00+02:00", "2030-01-02 03:04"),
  delay: duration,
  cwd: text.map((one) => `/tmp/${one}`),
  env: fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/), fc.oneof(text, fc.integer(), fc.boolean()), {
    maxKeys: 4,
  }),
  tags: fc.array(name, { maxLength: 3 }),
  ref: key,
  after: fc.subarray(["waits-for-it", "waits-for-any:any", "gone:any"], { minLength: 1 }),
  on_unmet: fc.constantFrom("bury", "hold"),
  unique: key,
  on_conflict: fc.constantFrom("skip", "replace", "reject"),
  limit_key: name,
  limit: fc.integer({ min: 1, max: 1000 }),
  on_completed: command,
  on_failed: command,
  on_dead: command,
  webhook_url: name.map((path) => `https://example.com/${encodeURIComponent(path)}`),
  webhook_events: fc.subarray(["completed", "failed", "dead"], { minLength: 1 }),
  max_retries: fc.integer({ min: 1, max: 1000 }),
  backoff: fc.constantFrom("exponential", "fixed"),
  backoff_base: fc.double({ min: 0, max: 1000, noNaN: true }),
  backoff_max: duration,
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  retry_on: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 }),
  no_retry_on: fc.array(fc.integer({ min: 5, max: 8 }), { minLength: 1 }),
  snooze_on: fc.array(fc.integer({ min: 9, max: 75 }), { minLength: 1 }),
  snooze_delay: fc.integer({ min: 100, max: 10 ** 7 }).map((one) => `${one}ms`),
  timeout: fc.oneof(fc.constant(0), duration),
  deadline: duration,
  policy: fc.constantFrom(...Object.keys(POLICIES)),
  nice: fc.integer({ min: -20, max: 19 }),
  memory: fc.oneof(fc.integer({ min: 2 ** 22, max: 2 ** 40 }), fc.constantFrom("64M", "1.5G")),
  cpu_time: fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.constant("2m")),
};

/** Keys that make no sense without, or beside, another one. */
function sound(spec: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const without: string[] = [];
  if (!("limit_key" in spec && "limit" in spec)) without.push("limit_key", "limit");
  if (!("webhook_url" in spec)) without.push("webhook_events");
  if ("run_at" in spec) without.push("delay");
  return Object.fromEntries(Object.entries(spec).filter(([one]) => !without.includes(one)));
}

const specs = fc.record(VALUES, { requiredKeys: ["command"] }).map(sound);
const seed = process.env.ROUND_TRIP_SEED;
const replayed = seed === undefined ? {} : { seed: Number(seed) };

it("has values for every key", () => {
  expect(Object.keys(VALUES).sort()).toEqual([...JOB_KEYS].sort());
});

describe("a job that goes out as JSON and in again is the same", () => {
  const home = mkdtempSync(join(tmpdir(), "queuectl-round-trip-"));
  const clock = new ManualClock();
  let client: Client;

  beforeAll(async () => {
    client = await Client.open({ home, clock });
    for (const [policy, says] of Object.entries(POLICIES)) await setPolicy(client, policy, says);
    for (const id of PARENTS) await enqueue({ id, command: "true" });
  });
  afterAll(async () => {
    await client.close();
    rmSync(home, { recursive: true, force: true });
  });

  async function enqueue(json: unknown): Promise<string> {
    const prepared = prepareFromJson(client, readJob(json).spec);
    await enqueuePrepared(client, [[prepared]]);
    return prepared.id;
  }

  /** All but its name, and the moments that the queue chose. */
  async function stored(id: string) {
    const { store } = contextOf(client);
    const { id: _, createdAt, updatedAt, deadlineAt, ...job } = (await store.jobs.get(id)) as Job;
    const after = (await store.jobs.dependencies(id)).filter(({ status, state }) => status !== "met" || state !== null);
    return { job, after };
  }

  async function shown(id: string): Promise<Record<string, unknown>> {
    return JSON.parse(jsonText(reportToJson(await readReport(client, await client.jobs.get(id)))));
  }

  it("in the store", async () => {
    await fc.assert(
      fc.asyncProperty(specs, async (spec) => {
        await enqueue({ id: "gone", command: "true" });
        const first = await enqueue(spec);
        await client.jobs.cancel("gone");
        await client.jobs.delete("gone");
        const before = await stored(first);
        const { id, ...printed } = await shown(first);
        // Its unique key is free then.
        await client.jobs.delete(first);
        clock.advance(1000);
        const second = await enqueue(printed);
        const after = await stored(second);
        await client.jobs.delete(second);
        expect(after).toEqual(before);
      }),
      { numRuns: 200, ...replayed },
    );
  });
});
