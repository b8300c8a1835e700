import { expect, it } from "vitest";
import { describeJob, prepareEdit } from "../../../src/core/job/edit.js";
import { EDITABLE_STATES, STATES } from "../../../src/core/job/state.js";
import { cancelJob, claim, deleteJob, get, insert, RELEASE, retryAfter, settle } from "../harness.js";
import type { Current } from "../store-suite.js";
import { INTO } from "./matrix.js";

export function editCases(current: Current): void {
  const edit = async (id: string, fields: Record<string, unknown>) => {
    const { store, clock } = current();
    const job = await get(store, id);
    return store.jobs.edit(job, prepareEdit(job, { ...describeJob(job), ...fields }, clock.now()));
  };

  it("gives a job another description, and nothing else", async () => {
    const { store, clock } = current();
    const [id = ""] = await insert(store, { command: "a", tags: ["x"], runAt: clock.now() + 5000 });
    const before = await get(store, id);
    clock.advance(1000);
    const description = {
      command: ["b", "c d"],
      queue: "other",
      priority: -3,
      maxRetries: 7,
      timeoutMs: 1500,
      backoffBase: 1.5,
      cwd: "/tmp",
      env: { A: "1" },
      tags: ["y", "z"],
      runAt: clock.now() + 9000,
      options: { resources: { nice: 3 }, policy: "p" },
    };
    const expected = { ...before, ...description, updatedAt: clock.now() };
    expect(await store.jobs.edit(before, description)).toEqual({ kind: "changed", job: expected });
    expect(await get(store, id)).toEqual(expected);
  });

  it("what ties it to its schedule and its policy stays", async () => {
    const { store } = current();
    const tied = { schedule: { name: "s", at: 5 }, policy: "p" };
    const [id = ""] = await insert(store, { options: { ...tied, resources: { nice: 1 } } });
    await edit(id, { nice: 2 });
    expect((await get(store, id)).options).toEqual({ ...tied, resources: { nice: 2 } });
    const { nice, ...rest } = describeJob(await get(store, id));
    const job = await get(store, id);
    await store.jobs.edit(job, prepareEdit(job, rest, 0));
    expect((await get(store, id)).options).toEqual(tied);
  });

  it("without a time it is due at once; what is left to the configuration is so again", async () => {
    const { store, clock } = current();
    const [id = ""] = await insert(store, { runAt: clock.now() + 60_000, maxRetries: 9, timeoutMs: 1 });
    const { run_at, max_retries, timeout, ...rest } = describeJob(await get(store, id));
    expect([run_at, max_retries, timeout]).toEqual(["2030-01-01T00:01:00.000Z", 9, 0.001]);
    const job = await get(store, id);
    await store.jobs.edit(job, prepareEdit(job, rest, 0));
    expect(await get(store, id)).toMatchObject({ runAt: clock.now(), maxRetries: null, timeoutMs: null });
    expect(await claim(store)).toHaveLength(1);
  });

  it("counts the deadline from the new time, unless the job has run", async () => {
    const { store, clock } = current();
    const at = clock.now();
    await insert(store, { id: "new", deadlineMs: 2000 }, { id: "ran", deadlineMs: 2000 });
    await edit("new", { run_at: new Date(at + 5000).toISOString() });
    expect(await get(store, "new")).toMatchObject({ runAt: at + 5000, deadlineAt: at + 7000 });
    await edit("new", { priority: 1 });
    expect(await get(store, "new")).toMatchObject({ runAt: at + 5000, deadlineAt: at + 7000 });
    await store.jobs.expedite("new");
    expect(await get(store, "new")).toMatchObject({ runAt: at, deadlineAt: at + 2000 });

    const [job] = await claim(store, { limit: 2 }).then((jobs) => jobs.filter(({ id }) => id === "ran"));
    await settle(store, job as NonNullable<typeof job>, retryAfter(0), { kind: "failed", exitCode: 1 });
    await edit("ran", { run_at: new Date(at + 5000).toISOString() });
    expect(await get(store, "ran")).toMatchObject({ runAt: at + 5000, deadlineAt: at + 2000 });
  });

  it("is found by its new queue and tags only, and counted there", async () => {
    const { store } = current();
    await insert(store, { id: "a", tags: ["x", "y"] }, { id: "b", tags: ["x"] });
    await edit("a", { queue: "other", tags: ["y", "z", "z"] });
    const ids = async (filter: object) =>
      (await store.jobs.list({ ...filter, limit: 9 })).map(({ id }) => id).join(" ");
    expect(await ids({ tags: ["x"] })).toBe("b");
    expect([await ids({ tags: ["y"] }), await ids({ tags: ["z"] })]).toEqual(["a", "a"]);
    expect([await ids({ queue: "other" }), await ids({ queue: "default" })]).toEqual(["a", "b"]);
    expect(await claim(store, { queues: ["other"], limit: 5 })).toMatchObject([{ id: "a" }]);
    await edit("b", { tags: [] });
    expect(await ids({ tags: ["x"] })).toBe("");
    await deleteJob(store, "b");
    expect(await ids({ tags: ["z"] })).toBe("a");
  });

  it("only in the states for that, and it stays in its state", async () => {
    for (const state of STATES) {
      const id = await INTO[state](current());
      const { snapshot, store } = current();
      const before = await snapshot(id);
      const result = await edit(id, { priority: 5 });
      if (EDITABLE_STATES.some((one) => one === state)) {
        expect(result, state).toMatchObject({ kind: "changed", job: { state, priority: 5 } });
      } else {
        expect(result, state).toMatchObject({ kind: "wrong-state", job: { state, priority: 0 } });
        expect(await snapshot(id), state).toEqual(before);
      }
      // Out of the way of the next.
      await cancelJob(store, id);
    }
  });

  it("not if it was changed since it was seen, even if it is in the same state again, and not if it is gone", async () => {
    const { store, clock } = current();
    const [id = ""] = await insert(store, {});
    const seen = await get(store, id);
    const description = prepareEdit(seen, { ...describeJob(seen), priority: 5 }, clock.now());
    const [job] = await claim(store);
    expect(await store.jobs.edit(seen, description)).toMatchObject({
      kind: "wrong-state",
      job: { state: "processing" },
    });
    if (job) await settle(store, job, RELEASE, { kind: "interrupted" });
    expect(await store.jobs.edit(seen, description)).toMatchObject({ kind: "wrong-state", job: { state: "pending" } });
    expect(await get(store, id)).toMatchObject({ priority: 0 });
    await deleteJob(store, id);
    expect(await store.jobs.edit(seen, description)).toEqual({ kind: "not-found" });
  });
}
