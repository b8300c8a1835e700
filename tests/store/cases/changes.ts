import { expect, it } from "vitest";
import {
  BURY,
  COMPLETE,
  cancelJob,
  claim,
  deleteJob,
  filesIn,
  get,
  insert,
  large,
  processing,
  retryAfter,
  reviveJob,
  settle,
  short,
} from "../harness.js";
import type { Current } from "../store-suite.js";

const FAILED = { kind: "failed", exitCode: 3 } as const;

export function changeCases(current: Current): void {
  it("answers not-found for a job that is not there", async () => {
    const { store } = current();
    const expedite = store.jobs.expedite("no");
    for (const result of [cancelJob(store, "no"), reviveJob(store, "no"), expedite, deleteJob(store, "no")]) {
      expect(await result).toEqual({ kind: "not-found" });
    }
  });

  it("cancels a waiting job at once, and says why", async () => {
    const { store, clock } = current();
    const [id = ""] = await insert(store, {});
    clock.advance(5);
    const result = await cancelJob(store, id, "not needed");
    expect(result).toEqual({ kind: "changed", job: await get(store, id) });
    expect(await get(store, id)).toMatchObject({
      state: "cancelled",
      finishedAt: clock.now(),
      updatedAt: clock.now(),
      lastError: "cancelled: not needed",
    });
    expect(await claim(store)).toEqual([]);
  });

  it("asks the worker of a processing job; the first reason stays", async () => {
    const { store } = current();
    const job = await processing(store);
    expect(await store.leases.cancellations("worker-1")).toEqual([]);
    expect(await cancelJob(store, job.id, "first")).toMatchObject({ kind: "requested", job: { state: "processing" } });
    expect(await cancelJob(store, job.id, "second")).toMatchObject({ kind: "requested" });
    expect(await store.leases.cancellations("worker-1")).toEqual([{ fence: job.fence, reason: "first" }]);
    expect(await store.leases.cancellations("worker-2")).toEqual([]);
  });

  it("keeps a cancellation without a reason free of one", async () => {
    const { store } = current();
    const job = await processing(store);
    await cancelJob(store, job.id);
    await cancelJob(store, job.id, "late");
    expect(await store.leases.cancellations("worker-1")).toEqual([{ fence: job.fence, reason: null }]);
  });

  it("revives from the beginning, and keeps the history", async () => {
    const { store, clock } = current();
    const job = await processing(store);
    await settle(store, job, BURY, FAILED);
    clock.advance(1000);
    const result = await reviveJob(store, job.id);
    expect(result).toEqual({ kind: "changed", job: await get(store, job.id) });
    expect(await get(store, job.id)).toMatchObject({
      state: "pending",
      attempts: 0,
      interruptions: 0,
      losses: 0,
      runAt: clock.now(),
      updatedAt: clock.now(),
      finishedAt: null,
      lastError: null,
      exitCode: null,
      fence: job.fence,
    });
    const [again] = await claim(store);
    expect(again).toMatchObject({ id: job.id, attempts: 1, attempt: 2 });
    expect((await store.jobs.attempts(job.id)).map((attempt) => attempt.outcome)).toEqual(["failed", null]);
  });

  it("expedites a scheduled job and one that waits for its retry", async () => {
    const { store, clock } = current();
    const [scheduled = ""] = await insert(store, { runAt: clock.now() + 60_000 });
    expect(await store.jobs.expedite(scheduled)).toMatchObject({ kind: "changed", job: { runAt: clock.now() } });
    const [job] = await claim(store);
    if (job === undefined) throw new Error("not due");
    await settle(store, job, retryAfter(60_000), FAILED);
    expect(await claim(store)).toEqual([]);
    expect(await store.jobs.expedite(job.id)).toMatchObject({ job: { state: "pending", attempts: 1 } });
    expect(await claim(store)).toHaveLength(1);
  });

  it("does not put a job back that is due already", async () => {
    const { store, clock } = current();
    const runAt = clock.now() - 1000;
    const [id = ""] = await insert(store, { runAt });
    expect(await store.jobs.expedite(id)).toMatchObject({ kind: "changed", job: { runAt } });
  });

  it("deletes a job with its history, and tells which files nobody needs any more", async () => {
    const { store } = current();
    const job = await processing(store);
    const output = { stdout: large(store, "output/1.out"), stderr: short("text"), host: null };
    await settle(store, job, COMPLETE, undefined, { output });
    expect(await deleteJob(store, job.id)).toMatchObject({
      kind: "changed",
      job: { id: job.id },
      files: filesIn(store, "output/1.out"),
    });
    expect(await store.jobs.get(job.id)).toBeNull();
    expect(await store.jobs.attempts(job.id)).toEqual([]);
    expect(await store.jobs.output(job.fence)).toBeNull();
  });

  it("does not delete a processing job", async () => {
    const { store, snapshot } = current();
    const job = await processing(store);
    const before = await snapshot(job.id);
    expect(await deleteJob(store, job.id)).toMatchObject({ kind: "wrong-state", job: { state: "processing" } });
    expect(await snapshot(job.id)).toEqual(before);
  });
}
