/** Zombies: whoever comes with the fence of a lease that is over must change nothing, in whatever way it came to be over. */
import { expect, it } from "vitest";
import type { Outcome } from "../../../src/core/job/outcome.js";
import type { ClaimedJob, Settlement, Store } from "../../../src/store/contract/store.js";
import {
  BURY,
  CANCEL,
  COMPLETE,
  claim,
  deleteJob,
  insert,
  newJob,
  processing,
  RELEASE,
  retryAfter,
  reviveJob,
  settle,
} from "../harness.js";
import type { Current } from "../store-suite.js";

const FAILED = { kind: "failed", exitCode: 3 } as const;
const LOST = { kind: "lost", message: "its worker died" } as const;

/** How a worker can lose a job that then is processing again, or at least there again. */
const LIVES: Readonly<Record<string, (store: Store, job: ClaimedJob) => Promise<unknown>>> = {
  "was reclaimed": (store, job) => settle(store, job, retryAfter(0), LOST),
  "was reclaimed and claimed by another": async (store, job) => {
    await settle(store, job, retryAfter(0), LOST);
    await claim(store, { workerId: "worker-2" });
  },
  "was reclaimed and claimed by the same worker": async (store, job) => {
    await settle(store, job, retryAfter(0), LOST);
    await claim(store);
  },
  "has ended": (store, job) => settle(store, job),
  "was deleted, enqueued under the same id and claimed": async (store, job) => {
    await settle(store, job);
    await deleteJob(store, job.id);
    await store.jobs.insert([[newJob({ id: job.id })]]);
    await claim(store);
  },
  "was deleted and enqueued under the same id": async (store, job) => {
    await settle(store, job);
    await deleteJob(store, job.id);
    await store.jobs.insert([[newJob({ id: job.id })]]);
  },
  "was replaced and claimed": async (store, job) => {
    await settle(store, job, retryAfter(0), LOST);
    await store.jobs.insert([[newJob({ id: job.id })]], { replace: true });
    await claim(store);
  },
  "was revived and claimed": async (store, job) => {
    await settle(store, job);
    await reviveJob(store, job.id);
    await claim(store);
  },
};

export function fenceCases(current: Current): void {
  for (const [life, happens] of Object.entries(LIVES)) {
    it(`a zombie changes nothing when its job ${life}`, async () => {
      const { store, snapshot, clock } = current();
      const zombie = await processing(store);
      await happens(store, zombie);
      clock.advance(1);
      const before = await snapshot(zombie.id);
      for (const decision of [COMPLETE, BURY, RELEASE, CANCEL, retryAfter(5)]) {
        const late = { kind: "failed", exitCode: 99 } as const;
        expect(await settle(store, zombie, decision, late), decision.event).toBe(false);
      }
      expect(await store.leases.renew([zombie.fence], 60_000)).toEqual([]);
      await store.leases.started(zombie.fence, 666);
      expect(await store.leases.progress(zombie.id, zombie.fence, { percent: 1, message: null })).toBe(false);
      expect(await snapshot(zombie.id)).toEqual(before);
    });
  }

  it("never gives a fence twice, even when all attempts are gone", async () => {
    const { store } = current();
    const first = await processing(store);
    await settle(store, first);
    await deleteJob(store, first.id);
    const second = await processing(store);
    expect(second.fence).toBeGreaterThan(first.fence);
  });

  it("does not settle another job with the right fence", async () => {
    const { store, snapshot } = current();
    const a = await processing(store);
    const b = await processing(store);
    const before = await snapshot(b.id);
    expect(await settle(store, { id: b.id, fence: a.fence })).toBe(false);
    expect(await snapshot(b.id)).toEqual(before);
  });

  it("does not take a job from a worker that has renewed in the meantime", async () => {
    const { store, snapshot } = current();
    const job = await processing(store);
    await store.leases.renew([job.fence], 15_000);
    const before = await snapshot(job.id);
    expect(await settle(store, job, retryAfter(0), LOST, { ifRenewals: 0 })).toBe(false);
    expect(await snapshot(job.id)).toEqual(before);
    expect(await settle(store, job, retryAfter(0), LOST, { ifRenewals: 1 })).toBe(true);
  });

  it("takes no end for the recorded one that differs from it in any part", async () => {
    const { store } = current();
    const said: Partial<Settlement> = { reason: "no", result: "1" };
    const job = await processing(store);
    expect(await settle(store, job, BURY, FAILED, said)).toBe(true);
    const others: [Outcome, Partial<Settlement>][] = [
      [{ kind: "failed", exitCode: 4 }, said],
      [{ kind: "cancelled", reason: null }, said],
      [FAILED, { ...said, reason: "another" }],
      [FAILED, { ...said, remark: "late" }],
      [FAILED, { ...said, result: "2" }],
      [FAILED, { reason: "no" }],
    ];
    for (const [outcome, more] of others) {
      expect(await settle(store, job, BURY, outcome, more), JSON.stringify([outcome, more])).toBe(false);
    }
    const [other] = await insert(store, {});
    expect(await settle(store, { ...job, id: other ?? "" }, BURY, FAILED, said)).toBe(false);
    expect(await settle(store, job, BURY, FAILED, said)).toBe(true);
  });
}
