import { expect, it } from "vitest";
import {
  allLeases,
  CANCEL,
  cancelJob,
  claim,
  get,
  insert,
  processing,
  retryAfter,
  reviveJob,
  settle,
} from "../harness.js";
import type { Current } from "../store-suite.js";

export function leaseCases(current: Current): void {
  it("renews what is held, and tells what is not", async () => {
    const { store, clock } = current();
    const held = await processing(store);
    const gone = await processing(store);
    await settle(store, gone);
    clock.advance(5000);
    expect(await store.leases.renew([held.fence, gone.fence, 999], 20_000)).toEqual([held.fence]);
    expect(await allLeases(store)).toMatchObject([
      {
        fence: held.fence,
        expiresAt: clock.now() + 20_000,
        leaseMs: 20_000,
        renewals: 1,
        job: { updatedAt: clock.now() },
      },
    ]);
    expect(await store.leases.renew([], 20_000)).toEqual([]);
  });

  it("counts renewals from 0 for every lease", async () => {
    const { store } = current();
    const first = await processing(store);
    await store.leases.renew([first.fence], 1000);
    await store.leases.renew([first.fence], 1000);
    expect((await allLeases(store))[0]?.renewals).toBe(2);
    await settle(store, first, retryAfter(0), { kind: "failed", exitCode: 1 });
    await claim(store);
    expect((await allLeases(store))[0]?.renewals).toBe(0);
  });

  it("shows the leases of the workers that are asked for, and how many each holds", async () => {
    const { store } = current();
    await insert(store, { id: "short" }, { id: "long" }, { id: "longer" });
    await claim(store, { workerId: "w1", leaseMs: 1000 });
    await claim(store, { workerId: "w2", leaseMs: 2000, limit: 2 });
    const ids = async (...workerIds: string[]) => (await store.leases.of(workerIds)).map((lease) => lease.job.id);
    expect(await ids("w2", "w1", "w3")).toEqual(["short", "long", "longer"]);
    expect(await ids("w2")).toEqual(["long", "longer"]);
    expect(await ids("w3")).toEqual([]);
    expect(await ids()).toEqual([]);
    expect([...(await store.leases.countByWorker())].sort()).toEqual([
      ["w1", 1],
      ["w2", 2],
    ]);
  });

  it("shows what a worker runs, with its progress", async () => {
    const { store } = current();
    const job = await processing(store);
    await store.leases.progress(job.id, job.fence, { percent: 40, message: "half way" });
    const expected = { id: job.id, workerId: "worker-1", fence: job.fence, progress: 40, progressMessage: "half way" };
    expect(await store.leases.running(["worker-1"])).toEqual([expected]);
    expect(await store.leases.running(["worker-2"])).toEqual([]);
    await settle(store, job);
    expect(await store.leases.running(["worker-1"])).toEqual([]);
  });

  it("finds the leases that have missed a renewal, by their own length, the one that runs out first in front", async () => {
    const { store, clock } = current();
    await insert(store, { id: "long" }, { id: "short" }, { id: "renewed" });
    await claim(store, { workerId: "w1", leaseMs: 20_000 });
    await claim(store, { workerId: "w2", leaseMs: 10_000 });
    const [renewed] = await claim(store, { workerId: "w2", leaseMs: 10_000 });
    const ids = async (limit = 10) => (await store.leases.overdue(limit)).map(({ job }) => job.id);
    clock.advance(4999);
    expect(await ids()).toEqual([]);
    clock.advance(1);
    expect(await ids()).toEqual(["short", "renewed"]);
    await store.leases.renew([renewed?.fence ?? 0], 60_000);
    expect(await ids()).toEqual(["short"]);
    clock.advance(5000);
    expect(await ids()).toEqual(["short", "long"]);
    expect(await ids(1)).toEqual(["short"]);
  });

  it("tells which fences are held", async () => {
    const { store } = current();
    const gone = await processing(store);
    await settle(store, gone);
    const held = await processing(store);
    expect(await store.leases.held([gone.fence, held.fence, 999])).toEqual([held.fence]);
    expect(await store.leases.held([])).toEqual([]);
  });

  it("records the pid of a running attempt, and of no other", async () => {
    const { store } = current();
    const job = await processing(store);
    await store.leases.started(job.fence, 4711);
    expect((await store.jobs.attempts(job.id))[0]?.pid).toBe(4711);
    await settle(store, job);
    await store.leases.started(job.fence, 1);
    await store.leases.started(999, 1);
    expect((await store.jobs.attempts(job.id))[0]?.pid).toBe(4711);
  });

  it("has a cancellation until the job is settled", async () => {
    const { store } = current();
    const job = await processing(store);
    await cancelJob(store, job.id, "why");
    await settle(store, job, CANCEL, { kind: "cancelled", reason: "why" });
    expect(await store.leases.cancellations("worker-1")).toEqual([]);
    await reviveJob(store, job.id);
    await claim(store);
    expect(await store.leases.cancellations("worker-1")).toEqual([]);
    expect(await get(store, job.id)).toMatchObject({ state: "processing", attempts: 1 });
  });

  it("knows whether work remains: due, processing or waiting for its retry, in a queue that is asked for", async () => {
    const { store, clock } = current();
    await store.queues.pause("paused");
    expect(await store.leases.workRemains(null)).toBe(false);
    await insert(store, { runAt: clock.now() + 1000, priority: 9 }, { queue: "paused" });
    expect(await store.leases.workRemains(null)).toBe(false);

    const job = await processing(store, { queue: "mail" });
    const remaining = async () => {
      const asked = [null, ["mail"], ["other"], ["paused"], []];
      return Promise.all(asked.map((queues) => store.leases.workRemains(queues)));
    };
    expect(await remaining()).toEqual([true, true, false, false, false]);
    expect(await store.leases.remaining(null)).toBe(1);
    await settle(store, job, retryAfter(60_000), { kind: "failed", exitCode: 1 });
    expect(await remaining()).toEqual([true, true, false, false, false]);
    await cancelJob(store, job.id);
    expect(await remaining()).toEqual([false, false, false, false, false]);

    await insert(store, { queue: "mail", priority: -1 }, { queue: "mail" });
    expect(await remaining()).toEqual([true, true, false, false, false]);
    expect(await store.leases.remaining(["mail"])).toBe(2);
    expect(await store.leases.remaining(["other"])).toBe(0);
    for (const { id } of await store.jobs.list({ queue: "mail", states: ["pending"] })) await cancelJob(store, id);
    clock.advance(1000);
    expect(await store.leases.workRemains(null)).toBe(true);
  });

  it("counts a job that is processing in a paused queue as work that remains", async () => {
    const { store } = current();
    await processing(store, { queue: "paused" });
    await store.queues.pause("paused");
    expect(await store.leases.workRemains(null)).toBe(true);
  });
}
