import { expect, it } from "vitest";
import type { Job } from "../../../src/core/job/job.js";
import { STATES } from "../../../src/core/job/state.js";
import { JOB_ORDERS, type JobFilter, type Store } from "../../../src/store/contract/store.js";
import { cancelJob, claim, deleteJob, insert, newJob, processing, retryAfter, settle } from "../harness.js";
import type { Current } from "../store-suite.js";

export function lookCases(current: Current): void {
  it("gets nothing where there is nothing", async () => {
    const { store } = current();
    expect(await store.jobs.get("none")).toBeNull();
    expect(await store.jobs.attempts("none")).toEqual([]);
    expect(await store.jobs.output(1)).toBeNull();
    expect(await store.jobs.oldestDue()).toBeNull();
  });

  it("finds ids by their beginning, in order, whatever characters it has", async () => {
    const { store } = current();
    await insert(store, { id: "ab_2" }, { id: "abx1" }, { id: "ab_1" }, { id: "b" }, { id: "ab" });
    expect(await store.jobs.idsWithPrefix("ab", 10)).toEqual(["ab", "ab_1", "ab_2", "abx1"]);
    expect(await store.jobs.idsWithPrefix("ab_", 10)).toEqual(["ab_1", "ab_2"]);
    expect(await store.jobs.idsWithPrefix("ab", 2)).toEqual(["ab", "ab_1"]);
    expect(await store.jobs.idsWithPrefix("%", 10)).toEqual([]);
    expect(await store.jobs.idsWithPrefix("a*", 10)).toEqual([]);
  });

  it("tells how attempts ended: those asked for, and the newest since", async () => {
    const { store, clock } = current();
    expect(await store.jobs.endings([], 0, 10)).toEqual([]);
    const jobs = [];
    for (let i = 0; i < 4; i++) jobs.push(await processing(store));
    const [first, second, third, fourth] = jobs.map((job) => job.fence) as [number, number, number, number];
    clock.advance(5);
    await settle(store, jobs[1] as Job);
    const open = { outcome: null, finishedAt: null };
    const ended = { fence: second, outcome: "succeeded", finishedAt: clock.now() };
    const last = [
      { fence: third, ...open },
      { fence: fourth, ...open },
    ];
    expect(await store.jobs.endings([], 0, 10)).toEqual([{ fence: first, ...open }, ended, ...last]);
    expect(await store.jobs.endings([], 0, 2)).toEqual(last);
    expect(await store.jobs.endings([second, third], second, 1)).toEqual([ended, { fence: fourth, ...open }]);
    expect(await store.jobs.endings([], fourth, 10)).toEqual([]);
  });

  it("names the queues", async () => {
    const { store } = current();
    expect(await store.jobs.queueNames(10)).toEqual([]);
    const [, gone] = await insert(store, { queue: "mail" }, { queue: "gone" }, { queue: "bulk" });
    await deleteJob(store, gone as string);
    await store.queues.pause("later");
    expect(await store.jobs.queueNames(10)).toEqual(["bulk", "later", "mail"]);
    expect(await store.jobs.queueNames(2)).toEqual(["bulk", "later"]);
  });

  it("lists by state, queue and tags", async () => {
    const { store } = current();
    await insert(
      store,
      { id: "a", queue: "mail", tags: ["x", "y"] },
      { id: "b", queue: "mail", tags: ["x"] },
      { id: "c", tags: ["y", "xy"] },
    );
    await claim(store, { queues: ["mail"] });
    const ids = async (filter: JobFilter) => (await store.jobs.list(filter)).map((job) => job.id);
    expect(await ids({})).toEqual(["a", "b", "c"]);
    expect(await ids({ states: ["processing"] })).toEqual(["a"]);
    expect(await ids({ states: ["pending", "processing"], queue: "mail" })).toEqual(["a", "b"]);
    expect(await ids({ states: [] })).toEqual([]);
    expect(await ids({ queue: "none" })).toEqual([]);
    expect(await ids({ tags: ["x"] })).toEqual(["a", "b"]);
    expect(await ids({ tags: ["y", "x"] })).toEqual(["a"]);
    expect(await ids({ tags: [] })).toEqual(["a", "b", "c"]);
    expect(await ids({ limit: 2 })).toEqual(["a", "b"]);
    expect(await ids({ limit: 0 })).toEqual([]);
  });

  it("orders by creation, change, time and priority; equal ones as they were created; reverse is the whole list backwards", async () => {
    const { store, clock } = current();
    const now = clock.now();
    await insert(
      store,
      { id: "a", priority: 1, runAt: now + 30 },
      { id: "b", priority: 9, runAt: now + 10 },
      { id: "c", priority: 1, runAt: now + 20 },
    );
    clock.advance(1);
    await store.jobs.expedite("b");
    const expected = {
      created: ["a", "b", "c"],
      updated: ["a", "c", "b"],
      run_at: ["b", "c", "a"],
      priority: ["b", "a", "c"],
    } as const;
    for (const order of ["created", "updated", "run_at", "priority"] as const) {
      const ids = async (reverse: boolean) => (await store.jobs.list({ order, reverse })).map((job) => job.id);
      expect(await ids(false), order).toEqual(expected[order]);
      expect(await ids(true), order).toEqual([...expected[order]].reverse());
    }
  });

  it("counts every state, those without jobs too", async () => {
    const { store } = current();
    const none = Object.fromEntries(STATES.map((state) => [state, 0]));
    expect(await store.jobs.counts()).toEqual(none);
    await settle(store, await processing(store));
    await insert(store, {}, {});
    expect(await store.jobs.counts()).toEqual({ ...none, pending: 2, completed: 1 });
  });

  it("counts rightly through replacements and deletions, in all queues", async () => {
    const { store } = current();
    const count = async () => {
      const { pending, completed, cancelled } = await store.jobs.counts();
      return { pending, completed, cancelled };
    };
    await settle(store, await processing(store, { id: "a", queue: "mail" }));
    await insert(store, { id: "b" }, { id: "c", queue: "mail" });
    expect(await count()).toEqual({ pending: 2, completed: 1, cancelled: 0 });
    await store.jobs.insert([[newJob({ id: "a", queue: "other" })]], { replace: true });
    await cancelJob(store, "b");
    expect(await count()).toEqual({ pending: 2, completed: 0, cancelled: 1 });
    await store.jobs.insert([[newJob({ id: "a" })], [newJob({ id: "b" })]], { replace: true });
    expect(await count()).toEqual({ pending: 3, completed: 0, cancelled: 0 });
    for (const id of ["a", "b", "c"]) await deleteJob(store, id);
    expect(await count()).toEqual({ pending: 0, completed: 0, cancelled: 0 });
  });

  it("lists what a filter asks for in every order, however it is cut", async () => {
    const { store, clock } = current();
    const now = clock.now();
    const jobs = Array.from({ length: 24 }, (_, n) => ({
      id: `j${n}`,
      queue: ["a", "b", "c"][n % 3] as string,
      priority: n % 4,
      tags: n % 2 ? ["odd"] : [],
      runAt: now + ((n * 7) % 5),
    }));
    await insert(store, ...jobs);
    for (const n of [20, 3, 11, 4]) {
      clock.advance(1);
      await cancelJob(store, `j${n}`);
    }
    const all = await store.jobs.list({});
    const value = { created: () => 0, updated: "updatedAt", run_at: "runAt", priority: "priority" } as const;
    for (const order of JOB_ORDERS)
      for (const reverse of [false, true])
        for (const states of [undefined, ["pending"], ["cancelled", "pending"]] as const)
          for (const queue of [undefined, "b"])
            for (const tags of [[], ["odd"]])
              for (const limit of [undefined, 1, 5]) {
                const filter = { order, reverse, tags, ...given({ states, queue, limit }) };
                const key = value[order];
                const rank = (job: Job) =>
                  (typeof key === "string" ? job[key] : key()) * (order === "priority" ? -1 : 1);
                const wanted = all
                  .filter((job) => states?.some((state) => state === job.state) ?? true)
                  .filter((job) => (queue ?? job.queue) === job.queue && tags.every((tag) => job.tags.includes(tag)))
                  .sort((a, b) => rank(a) - rank(b) || all.indexOf(a) - all.indexOf(b));
                const ids = (reverse ? wanted.reverse() : wanted).slice(0, limit).map(({ id }) => id);
                expect(await listed(store, filter), JSON.stringify(filter)).toEqual(ids);
                expect(await paged(store, filter, 2), JSON.stringify(filter)).toEqual(ids);
              }
  });

  it("leaves out of later pages what is gone or matches no more", async () => {
    const { store } = current();
    await insert(store, { id: "a" }, { id: "b" }, { id: "c" }, { id: "d" });
    const seen: string[][] = [];
    for await (const page of store.jobs.pages({ states: ["pending"] }, 2)) {
      seen.push(page.map(({ id }) => id));
      await deleteJob(store, "c");
      await cancelJob(store, "d");
      await insert(store, {});
    }
    expect(seen).toEqual([["a", "b"], []]);
  });

  it("finds by a tag what it has after replacements and deletions", async () => {
    const { store } = current();
    await insert(store, { id: "a", tags: ["x", "x", "y"] }, { id: "b", tags: ["x"] }, { id: "c", tags: ["'"] });
    await store.jobs.insert([[newJob({ id: "a", tags: ["y"] })]], { replace: true });
    expect([await listed(store, { tags: ["x"] }), await listed(store, { tags: ["y"] })]).toEqual([["b"], ["a"]]);
    await deleteJob(store, "b");
    expect([await listed(store, { tags: ["x"] }), await listed(store, { tags: ["'"] })]).toEqual([[], ["c"]]);
  });

  it("knows the pending job that has been due for longest", async () => {
    const { store, clock } = current();
    const now = clock.now();
    await insert(
      store,
      { id: "later", runAt: now + 1000 },
      { id: "second", priority: 9, runAt: now - 10 },
      { id: "first", queue: "z", runAt: now - 20 },
    );
    expect(await store.jobs.oldestDue()).toMatchObject({ id: "first" });
  });

  it("does not take a job that waits for its retry for the oldest one due", async () => {
    const { store, clock } = current();
    const job = await processing(store);
    await settle(store, job, retryAfter(0), { kind: "failed", exitCode: 1 });
    clock.advance(1000);
    expect(await store.jobs.oldestDue()).toBeNull();
  });

  it("finds the unfinished jobs that name a policy", async () => {
    const { store } = current();
    const options = { policy: "api" };
    await settle(store, await processing(store, { options }));
    await insert(
      store,
      { id: "a", options },
      { id: "b" },
      { id: "c", options },
      { id: "d", options: { policy: "apis" } },
    );
    expect((await store.jobs.withPolicy("api", 9)).sort()).toEqual(["a", "c"]);
    expect(await store.jobs.withPolicy("api", 1)).toHaveLength(1);
    expect(await store.jobs.withPolicy("none", 9)).toEqual([]);
  });
}

async function listed(store: Store, filter: JobFilter): Promise<string[]> {
  return (await store.jobs.list(filter)).map(({ id }) => id);
}

async function paged(store: Store, filter: JobFilter, size: number): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of store.jobs.pages(filter, size)) ids.push(...page.map(({ id }) => id));
  return ids;
}

function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
