import { expect, it } from "vitest";
import { hooksOf } from "../../../src/core/hook/hook.js";
import type { Decision } from "../../../src/core/job/decide.js";
import type { Outcome } from "../../../src/core/job/outcome.js";
import type { Settlement } from "../../../src/store/contract/store.js";
import {
  allLeases,
  BURY,
  CANCEL,
  COMPLETE,
  cancelJob,
  claim,
  get,
  insert,
  large,
  processing,
  RELEASE,
  retryAfter,
  reviveJob,
  settle,
  short,
} from "../harness.js";
import type { Current } from "../store-suite.js";

const FAILED: Outcome = { kind: "failed", exitCode: 3 };
const LOST: Outcome = { kind: "lost", message: "its worker died" };

export function settleCases(current: Current): void {
  it("completes a job: attempt, output and job in one", async () => {
    const { store, clock } = current();
    const job = await processing(store);
    clock.advance(250);
    const output = {
      stdout: short("hello"),
      stderr: { ...large(store, "output/7.err"), text: Buffer.from([0, 255, 10]) },
      host: null,
    };
    expect(await settle(store, job, COMPLETE, { kind: "succeeded" }, { pid: 42, output })).toBe(true);
    expect(await get(store, job.id)).toMatchObject({
      state: "completed",
      attempts: 1,
      finishedAt: clock.now(),
      updatedAt: clock.now(),
      exitCode: 0,
      signal: null,
      lastError: null,
      workerId: "worker-1",
      fence: job.fence,
    });
    expect(await store.jobs.attempts(job.id)).toMatchObject([
      { outcome: "succeeded", exitCode: 0, pid: 42, finishedAt: clock.now(), stdoutBytes: 5, stderrBytes: 1e6 },
    ]);
    expect(await store.jobs.output(job.fence)).toEqual(output);
    expect(await allLeases(store)).toEqual([]);
  });

  it("gives back a job that asks to be run later, and counts nothing", async () => {
    const { store, clock } = current();
    for (let time = 0; time < 12; time++) {
      const [job] = time === 0 ? [await processing(store, { id: "later" })] : await claim(store);
      expect(await settle(store, job as { id: string; fence: number }, { ...RELEASE, delayMs: 100 }, FAILED)).toBe(
        true,
      );
      clock.advance(100);
    }
    const last = { state: "pending", attempts: 0, interruptions: 0, exitCode: 3, runAt: clock.now() };
    expect(await get(store, "later")).toMatchObject(last);
    expect(await store.jobs.attempts("later")).toHaveLength(12);
  });

  it.each<[Outcome, Decision]>([
    [LOST, retryAfter(0)],
    [{ kind: "interrupted" }, RELEASE],
  ])("runs a job that was cut short before those that came after it: %j", async (outcome, decision) => {
    const { store, clock } = current();
    const job = await processing(store, { id: "first", limitKey: "k", limit: 1 });
    clock.advance(10);
    await insert(store, { id: "next", limitKey: "k", limit: 1 }, { id: "other" });
    expect((await claim(store)).map(({ id }) => id)).toEqual(["other"]);
    clock.advance(10);
    await settle(store, job, decision, outcome);
    expect((await claim(store, { limit: 9 })).map(({ id }) => id)).toEqual(["first"]);
  });

  it("runs a job that was cut short at once even if the clock was put back meanwhile", async () => {
    const { store, clock } = current();
    const job = await processing(store);
    clock.advance(-3_600_000);
    await settle(store, job, retryAfter(0), LOST);
    expect((await claim(store)).map(({ id }) => id)).toEqual([job.id]);
  });

  it("shows empty streams while the attempt runs", async () => {
    const { store } = current();
    const job = await processing(store);
    expect(await store.jobs.output(job.fence)).toEqual({ stdout: short(""), stderr: short(""), host: null });
  });

  it("keeps the pid that was recorded if it is given none", async () => {
    const { store } = current();
    const job = await processing(store);
    await store.leases.started(job.fence, 7);
    await settle(store, job);
    expect((await store.jobs.attempts(job.id))[0]?.pid).toBe(7);
  });

  it("settles and claims in one go: what ended makes room for what is due", async () => {
    const { store } = current();
    const done = await processing(store);
    const stale = {
      jobId: done.id,
      fence: done.fence + 1,
      outcome: { kind: "succeeded" },
      decision: COMPLETE,
    } as const;
    const ended = { ...stale, fence: done.fence };
    const [next] = await insert(store, {});
    const request = { workerId: "worker-1", queues: null, limit: 4, leaseMs: 15_000 };
    const { settled, claim: claimed } = await store.leases.settleAndClaim([stale, ended], request);
    expect(settled).toEqual([false, true]);
    expect(claimed.jobs.map(({ id }) => id)).toEqual([next]);
    expect((await get(store, done.id)).state).toBe("completed");
    expect((await allLeases(store)).map(({ job }) => job.id)).toEqual([next]);
  });

  it("sends a failed job round again", async () => {
    const { store, clock } = current();
    const job = await processing(store);
    await settle(store, job, retryAfter(4000), FAILED);
    expect(await get(store, job.id)).toMatchObject({
      state: "failed",
      attempts: 1,
      runAt: clock.now() + 4000,
      exitCode: 3,
      lastError: "exited with code 3",
      finishedAt: null,
    });
  });

  it("forgets the last error when the job succeeds after all", async () => {
    const { store } = current();
    const first = await processing(store);
    await settle(store, first, retryAfter(0), { kind: "killed", signal: "SIGSEGV" });
    expect(await get(store, first.id)).toMatchObject({ exitCode: 139, signal: "SIGSEGV" });
    const [second] = await claim(store);
    if (second !== undefined) await settle(store, second);
    expect(await get(store, first.id)).toMatchObject({ exitCode: 0, signal: null, lastError: null });
    expect((await store.jobs.attempts(first.id)).map((attempt) => attempt.error)).toEqual(["killed by SIGSEGV", null]);
  });

  const uncharged: Outcome[] = [{ kind: "interrupted" }, { kind: "not-started", message: "EAGAIN", transient: true }];
  for (const outcome of uncharged) {
    for (const decision of [RELEASE, BURY]) {
      it(`gives back the attempt of an outcome ${outcome.kind}, with ${decision.event}`, async () => {
        const { store } = current();
        const job = await processing(store);
        await settle(store, job, decision, outcome);
        expect(await get(store, job.id)).toMatchObject({ attempts: 0, interruptions: 1 });
        expect(await store.jobs.attempts(job.id)).toMatchObject([{ attempt: 1, outcome: outcome.kind }]);
      });
    }
  }

  it("charges an attempt that could not start through a fault of the job", async () => {
    const { store } = current();
    const job = await processing(store);
    await settle(store, job, retryAfter(0), { kind: "not-started", message: "no such directory", transient: false });
    expect(await get(store, job.id)).toMatchObject({ attempts: 1, interruptions: 0 });
  });

  it("numbers attempts over the whole history, charged or not", async () => {
    const { store } = current();
    const first = await processing(store);
    await settle(store, first, RELEASE, { kind: "interrupted" });
    const [second] = await claim(store);
    expect(second).toMatchObject({ attempts: 1, attempt: 2 });
  });

  it("counts losses in a row", async () => {
    const { store } = current();
    let [job] = [await processing(store)];
    const losses: number[] = [];
    for (const outcome of [LOST, LOST, FAILED, LOST]) {
      await settle(store, job, retryAfter(0), outcome);
      losses.push((await get(store, job.id)).losses);
      job = (await claim(store))[0] ?? job;
    }
    expect(losses).toEqual([1, 2, 0, 1]);
  });

  it("does not run a job again that somebody has asked to cancel", async () => {
    const { store, clock } = current();
    for (const [decision, outcome] of [
      [retryAfter(1000), FAILED],
      [retryAfter(0), LOST],
      [RELEASE, { kind: "interrupted" }],
      [CANCEL, { kind: "cancelled", reason: null }],
    ] as const) {
      const job = await processing(store);
      await cancelJob(store, job.id);
      await settle(store, job, decision, outcome);
      expect(await get(store, job.id)).toMatchObject({ state: "cancelled", finishedAt: clock.now() });
      expect(await store.jobs.attempts(job.id)).toMatchObject([{ outcome: outcome.kind }]);
    }
  });

  it("lets success stand against a request to cancel", async () => {
    const { store } = current();
    const job = await processing(store);
    await cancelJob(store, job.id);
    await settle(store, job);
    expect((await get(store, job.id)).state).toBe("completed");
  });

  it("answers a settlement that is recorded already as it did, and writes it once", async () => {
    const { store, snapshot, clock } = current();
    const ends: [Decision, Outcome, Partial<Settlement>][] = [
      [COMPLETE, { kind: "succeeded" }, { result: "{}" }],
      [BURY, { kind: "failed", exitCode: 3 }, { reason: "no", remark: "late" }],
      [retryAfter(60_000), { kind: "lost", message: "gone" }, { ifRenewals: 0 }],
      [RELEASE, { kind: "interrupted" }, {}],
    ];
    for (const [decision, outcome, more] of ends) {
      const job = await processing(store, { options: { hooks: hooksOf({ completed: "c", dead: "d", failed: "f" }) } });
      expect(await settle(store, job, decision, outcome, more)).toBe(true);
      const before = await snapshot(job.id);
      clock.advance(5);
      expect(await settle(store, job, decision, outcome, more), outcome.kind).toBe(true);
      expect(await settle(store, job, decision, { kind: "killed", signal: "SIGKILL" }, more)).toBe(false);
      expect(await snapshot(job.id)).toEqual(before);
      const hooks = await store.jobs.list({ queue: "_hooks" });
      expect(hooks.filter(({ env }) => env.QUEUECTL_HOOK_JOB_ID === job.id)).toHaveLength(
        outcome.kind === "interrupted" ? 0 : 1,
      );
      await store.jobs.deleteAll([job.id, ...hooks.map(({ id }) => id)]);
    }
  });

  it("lets the times of a job not go back with the clock", async () => {
    const { store, clock } = current();
    const start = clock.now();
    const [id = ""] = await insert(store, {});
    const steps: (() => Promise<unknown>)[] = [
      () => store.jobs.expedite(id),
      () => cancelJob(store, id),
      () => reviveJob(store, id),
    ];
    for (const step of steps) {
      clock.advance(-1000);
      await step();
      expect((await get(store, id)).updatedAt).toBe(start);
    }
    const seen = await get(store, id);
    expect((await store.jobs.edit(seen, { ...seen, runAt: clock.now() })).kind).toBe("changed");
    // Two edits never have the same time: the second of two that have seen the same job must not pass.
    expect((await store.jobs.edit(seen, { ...seen, priority: 9, runAt: clock.now() })).kind).toBe("wrong-state");
    const edited = (await get(store, id)).updatedAt;
    expect(edited).toBeGreaterThan(start);
    const [job] = await claim(store);
    clock.advance(-1000);
    if (job) await settle(store, job);
    const ended = await get(store, id);
    expect([ended.startedAt, ended.updatedAt, ended.finishedAt]).toEqual([edited, edited, edited]);
    const [attempt] = await store.jobs.attempts(id);
    expect([attempt?.startedAt, attempt?.finishedAt]).toEqual([edited, edited]);
  });

  it("settles many at once, each for itself", async () => {
    const { store } = current();
    const a = await processing(store);
    const b = await processing(store);
    await settle(store, a, BURY, { kind: "failed", exitCode: 1 });
    const end = (job: { id: string; fence: number }) => ({
      jobId: job.id,
      fence: job.fence,
      outcome: { kind: "succeeded" } as const,
      decision: COMPLETE,
    });
    expect(await store.leases.settle([end(a), end(b), end({ id: "none", fence: 1 })])).toEqual([false, true, false]);
    expect(await store.leases.settle([])).toEqual([]);
    expect((await get(store, b.id)).state).toBe("completed");
  });
}
