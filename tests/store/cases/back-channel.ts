/** What a job says of itself while it runs, and what it leaves at its end. */
import { expect, it } from "vitest";
import { BURY, COMPLETE, claim, get, insert, processing, retryAfter, reviveJob, settle } from "../harness.js";
import type { Current } from "../store-suite.js";

const FAILED = { kind: "failed", exitCode: 3 } as const;
const SUCCEEDED = { kind: "succeeded" } as const;

export function backChannelCases(current: Current): void {
  it("keeps the newest progress, and only that", async () => {
    const { store, clock } = current();
    const { id, fence } = await processing(store);
    clock.advance(10);
    expect(await store.leases.progress(id, fence, { percent: 40, message: "half way" })).toBe(true);
    expect(await get(store, id)).toMatchObject({ progress: 40, progressMessage: "half way", updatedAt: clock.now() });
    expect(await store.leases.progress(id, fence, { percent: 66.6, message: null })).toBe(true);
    expect(await get(store, id)).toMatchObject({ state: "processing", progress: 66.6, progressMessage: null });
  });

  it("takes progress from nobody who does not run the job", async () => {
    const { store, snapshot } = current();
    const [waiting] = (await insert(store, {})) as [string];
    const before = await snapshot(waiting);
    expect(await store.leases.progress(waiting, 0, { percent: 1, message: null })).toBe(false);
    expect(await snapshot(waiting)).toEqual(before);
    const [job] = await claim(store);
    expect(await store.leases.progress("none", job?.fence ?? 0, { percent: 1, message: null })).toBe(false);
    expect(await get(store, waiting)).toMatchObject({ progress: null });
  });

  it("keeps progress when the attempt ends, and forgets it when the next one begins", async () => {
    const { store } = current();
    const first = await processing(store);
    await store.leases.progress(first.id, first.fence, { percent: 40, message: "x" });
    await settle(store, first, retryAfter(0), FAILED);
    expect(await get(store, first.id)).toMatchObject({ progress: 40, progressMessage: "x" });
    const [second] = await claim(store);
    expect(second).toMatchObject({ id: first.id, progress: null, progressMessage: null });
  });

  it("keeps a result with its attempt, and with the job while that attempt is the newest", async () => {
    const { store } = current();
    const first = await processing(store);
    await settle(store, first, retryAfter(0), FAILED, { result: '{"a": 1}' });
    expect(await get(store, first.id)).toMatchObject({ state: "failed", result: '{"a": 1}' });
    const [second] = await claim(store);
    expect((await get(store, first.id)).result).toBeNull();
    if (second) await settle(store, second, COMPLETE, SUCCEEDED, { result: "[2]" });
    expect((await get(store, first.id)).result).toBe("[2]");
    expect((await store.jobs.attempts(first.id)).map(({ result }) => result)).toEqual(['{"a": 1}', "[2]"]);
  });

  it("takes a result however it is nested, since nothing may keep an end from being recorded", async () => {
    const { store } = current();
    const job = await processing(store);
    const result = "[".repeat(3000) + "]".repeat(3000);
    expect(await settle(store, job, COMPLETE, SUCCEEDED, { result })).toBe(true);
    expect((await get(store, job.id)).result).toBe(result);
  });

  it("forgets result and progress when a job is revived", async () => {
    const { store } = current();
    const job = await processing(store);
    await store.leases.progress(job.id, job.fence, { percent: 100, message: null });
    await settle(store, job, COMPLETE, SUCCEEDED, { result: "1" });
    await reviveJob(store, job.id);
    expect(await get(store, job.id)).toMatchObject({ result: null, progress: null });
    expect((await store.jobs.attempts(job.id))[0]?.result).toBe("1");
  });

  it("puts a reason in the place of its own words, and a remark beside them", async () => {
    const { store } = current();
    const failed = await processing(store);
    await settle(store, failed, BURY, FAILED, { reason: "no such file", remark: "and this" });
    expect((await get(store, failed.id)).lastError).toBe("no such file");
    expect((await store.jobs.attempts(failed.id))[0]?.error).toBe("no such file; and this");
    const good = await processing(store);
    await settle(store, good, COMPLETE, SUCCEEDED, { remark: "its result was not kept" });
    expect((await get(store, good.id)).lastError).toBeNull();
    expect((await store.jobs.attempts(good.id))[0]?.error).toBe("its result was not kept");
  });
}
