import { expect, it } from "vitest";
import { allLeases, claim, get, insert, processing, RELEASE, retryAfter, settle } from "../harness.js";
import type { Current } from "../store-suite.js";

export function claimCases(current: Current): void {
  it("gives a lease and an attempt, and charges it", async () => {
    const { store, clock } = current();
    const [id = ""] = await insert(store, {});
    clock.advance(10);
    const [job, ...others] = await claim(store, { limit: 4, leaseMs: 15_000 });
    expect(others).toEqual([]);
    const { attempt, ahead, ...rest } = job ?? { attempt: 0 };
    expect([attempt, ahead]).toEqual([1, false]);
    expect(rest).toEqual(await get(store, id));
    expect(rest).toMatchObject({
      state: "processing",
      attempts: 1,
      workerId: "worker-1",
      startedAt: clock.now(),
      updatedAt: clock.now(),
    });
    expect(await store.jobs.attempts(id)).toEqual([
      {
        jobId: id,
        attempt: 1,
        fence: job?.fence,
        outcome: null,
        exitCode: null,
        signal: null,
        error: null,
        workerId: "worker-1",
        pid: null,
        startedAt: clock.now(),
        finishedAt: null,
        stdoutBytes: 0,
        stderrBytes: 0,
        result: null,
      },
    ]);
    expect(await allLeases(store)).toEqual([
      {
        job: rest,
        workerId: "worker-1",
        fence: job?.fence,
        expiresAt: clock.now() + 15_000,
        leaseMs: 15_000,
        renewals: 0,
        ahead: false,
        pid: null,
      },
    ]);
  });

  it("gives the job as it is stored, also one with everything set that has run before", async () => {
    const { store, clock } = current();
    const described = {
      ...{
        command: ["printf", "%s", "a"],
        queue: "other",
        priority: 3,
        cwd: "/tmp",
        env: { A: "1" },
        tags: ["x", "y"],
      },
      ...{ maxRetries: 4, timeoutMs: 5000, backoffBase: 1.5, runAt: clock.now() - 7, deadlineMs: 60_000 },
      ...{ uniqueKey: "u", limitKey: "l", limit: 2, options: { policy: "p" } },
      onUnmet: "hold",
    } as const;
    const first = await processing(store, described);
    await store.leases.progress(first.id, first.fence, { percent: 50, message: "half" });
    const killed = { kind: "killed", signal: "SIGKILL" } as const;
    await settle(store, first, retryAfter(0), killed, { result: '{"n":1}', reason: "why" });
    const second = await processingAgain();
    expect(second).toMatchObject({ attempt: 2, signal: "SIGKILL", lastError: "why", result: null, progress: null });
    await settle(store, second, RELEASE, { kind: "interrupted" });
    expect(await processingAgain()).toMatchObject({ attempt: 3, interruptions: 1, attempts: 2 });

    async function processingAgain() {
      const [job] = await claim(store);
      if (job === undefined) throw new Error("nothing was claimed");
      const { attempt, ahead, ...rest } = job;
      expect(rest).toEqual(await get(store, first.id));
      return job;
    }
  });

  it("takes a job only once", async () => {
    const { store, connect } = current();
    const other = await connect();
    await insert(store, {});
    expect(await claim(store)).toHaveLength(1);
    expect(await claim(store)).toEqual([]);
    expect(await claim(other)).toEqual([]);
  });

  it("takes as many as asked for, and none when asked for none", async () => {
    const { store } = current();
    await insert(store, {}, {}, {});
    expect(await claim(store, { limit: 0 })).toEqual([]);
    expect(await claim(store, { limit: 2 })).toHaveLength(2);
    expect(await claim(store, { limit: 2 })).toHaveLength(1);
  });

  it("goes by priority, then by time, then by age", async () => {
    const { store, clock } = current();
    const now = clock.now();
    await insert(
      store,
      { id: "low", priority: -1, runAt: now - 100 },
      { id: "b", queue: "q2", runAt: now - 10 },
      { id: "c", queue: "q1", runAt: now - 10 },
      { id: "a", queue: "q3", runAt: now - 20 },
      { id: "high", priority: 5, queue: "q9" },
    );
    const ids = (await claim(store, { limit: 9 })).map((job) => job.id);
    expect(ids).toEqual(["high", "a", "b", "c", "low"]);
  });

  it("takes from the queues asked for, and never from a paused one", async () => {
    const { store } = current();
    await insert(store, { id: "a", queue: "a" }, { id: "b", queue: "b" }, { id: "c", queue: "c", priority: 9 });
    await store.queues.pause("c");
    expect((await claim(store, { queues: ["b", "c", "none", "b"], limit: 9 })).map((job) => job.id)).toEqual(["b"]);
    expect((await claim(store, { limit: 9 })).map((job) => job.id)).toEqual(["a"]);
    expect(await claim(store, { queues: [], limit: 9 })).toEqual([]);
  });

  it("leaves alone what is not due, and says when it will be", async () => {
    const { store, clock } = current();
    const look = () => store.leases.claim({ workerId: "w", queues: null, limit: 1, leaseMs: 1 });
    expect(await look()).toEqual({ jobs: [], nextDueAt: null });
    const soon = clock.now() + 1000;
    await insert(store, { id: "soon", runAt: soon, priority: -5 }, { id: "later", runAt: soon + 500, queue: "other" });
    await insert(store, { queue: "paused", runAt: soon - 1 });
    await store.queues.pause("paused");
    expect(await look()).toEqual({ jobs: [], nextDueAt: soon });
    clock.advance(1000);
    const { jobs, nextDueAt } = await look();
    expect(jobs.map((job) => job.id)).toEqual(["soon"]);
    expect(nextDueAt).toBe(soon + 500);
  });

  it("takes a failed job again once its time has come, as the next attempt", async () => {
    const { store, clock } = current();
    const first = await processing(store);
    await settle(store, first, retryAfter(2000), { kind: "failed", exitCode: 1 });
    clock.advance(1999);
    expect(await claim(store)).toEqual([]);
    clock.advance(1);
    const [second] = await claim(store, { workerId: "worker-2" });
    expect(second).toMatchObject({ id: first.id, attempts: 2, attempt: 2, workerId: "worker-2" });
    expect(second?.fence).toBeGreaterThan(first.fence);
  });
}
