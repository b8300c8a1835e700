/** Jobs that wait for jobs: whatever happens to one, those that wait for it are moved in the same breath. */
import { expect, it } from "vitest";
import type { DependencyCondition } from "../../../src/core/dependency.js";
import { CycleError, UnknownParentError } from "../../../src/store/conflict.js";
import type { NewJob, Store } from "../../../src/store/store.js";
import { BURY, COMPLETE, claim, get, insert, newJob, settle } from "../harness.js";
import type { Current } from "../store-suite.js";

type Wait = readonly [child: string, parent: string, when?: DependencyCondition];

/** Jobs with these ids, which wait so. */
async function graph(store: Store, ids: string, waits: readonly Wait[], more: Partial<NewJob> = {}, replace = false) {
  const jobs = ids.split(" ").map((id) => newJob({ id, ...more }));
  const edges = waits.map(([child, parent, when = "ok"]) => ({
    ...{ child, parent, when },
    position: jobs.findIndex(({ id }) => id === child),
  }));
  return store.jobs.insert([jobs], { replace, edges: async () => edges });
}

export function dependencyCases(current: Current): void {
  const states = async (ids: string) =>
    (await Promise.all(ids.split(" ").map((id) => get(current().store, id)))).map(({ state }) => state).join(" ");
  /** The only job that is due. */
  const end = async (id: string, decision = COMPLETE) => {
    const [job] = await claim(current().store);
    expect(job?.id).toBe(id);
    await settle(current().store, job as never, decision, { kind: "failed", exitCode: 1 });
  };

  it("unblocks a job when all that it waits for has come, and tells both sides", async () => {
    const { store, clock } = current();
    await graph(store, "a b c", [
      ["b", "a", "any"],
      ["c", "a"],
      ["c", "b"],
    ]);
    expect(await states("a b c")).toBe("pending blocked blocked");
    clock.advance(1000);
    await end("a");
    expect(await states("a b c")).toBe("completed pending blocked");
    expect((await get(store, "b")).runAt).toBe(clock.now());
    expect(await store.jobs.dependencies("c")).toEqual([
      { parent: "a", when: "ok", status: "met", state: "completed" },
      { parent: "b", when: "ok", status: "waiting", state: "pending" },
    ]);
    expect(await store.jobs.dependents("a", 1)).toEqual([{ id: "b", state: "pending" }]);
    await end("b");
    expect(await states("c")).toBe("pending");
  });

  it("buries along the chain, runs what wants the failure, and revives all of it with its root", async () => {
    const { store } = current();
    await graph(store, "a b c d", [
      ["b", "a"],
      ["c", "b"],
      ["d", "c", "fail"],
    ]);
    await end("a", BURY);
    expect(await states("a b c d")).toBe("dead dead dead pending");
    await store.jobs.revive("a");
    expect(await states("a b c d")).toBe("pending blocked blocked pending");
  });

  it("holds a job that wants to be held, until somebody revives what it waits for", async () => {
    const { store } = current();
    await insert(store, { id: "a" });
    await graph(store, "b", [["b", "a"]], { onUnmet: "hold" });
    await end("a", BURY);
    expect(await states("b")).toBe("blocked");
    await store.jobs.revive("a");
    await end("a");
    expect(await states("b")).toBe("pending");
  });

  it("takes a job that is deleted or cancelled for one that did not complete", async () => {
    const { store } = current();
    await graph(store, "a b c d", [
      ["c", "a"],
      ["d", "b", "fail"],
    ]);
    await store.jobs.delete("a");
    await store.jobs.cancel("b", null);
    expect(await states("c d")).toBe("dead pending");
    await store.jobs.revive("c");
    expect(await states("c")).toBe("pending");
  });

  it("has those that wait for a job wait for the one that takes its place", async () => {
    const { store } = current();
    await graph(store, "a b", [["b", "a"]]);
    await end("a", BURY);
    await graph(store, "a", [], {}, true);
    expect(await states("a b")).toBe("pending blocked");
    await end("a");
    expect(await states("b")).toBe("pending");
  });

  it("accepts nothing of a call that names an unknown job or closes a circle, with old jobs or new", async () => {
    const { store } = current();
    await expect(graph(store, "x y", [["y", "nobody"]])).rejects.toThrow(UnknownParentError);
    await expect(
      graph(store, "x y", [
        ["x", "y"],
        ["y", "x"],
      ]),
    ).rejects.toMatchObject({ position: 0, message: expect.stringContaining("x after y after x") });
    await graph(store, "a b", [["b", "a"]]);
    await expect(graph(store, "a", [["a", "b"]], {}, true)).rejects.toThrow(CycleError);
    expect((await store.jobs.list({})).map(({ id }) => id)).toEqual(["a", "b"]);
    expect(await states("a b")).toBe("pending blocked");
  });
}
