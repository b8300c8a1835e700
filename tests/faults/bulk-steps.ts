/** Several jobs that are cancelled, revived or deleted by one call: chosen at random, or a queue, page by page. */
import fc from "fast-check";
import { expect } from "vitest";
import { allows, isTerminal } from "../../src/core/job/state.js";
import type { ChangeResult, GraphOrder, Store } from "../../src/store/contract/store.js";
import { Revival } from "../../src/store/revival.js";
import { findCycle } from "../../src/store/shared/graph/cycle.js";
import { type NamedStep, of, pick, type World } from "./world.js";

type Verb = "cancel" | "revive" | "delete";

/** Small, so that a selection has several. */
const PAGE = 2;

/** Yields the jobs of each transaction. */
type Batches = (world: World, order: GraphOrder) => AsyncIterable<readonly string[]>;

const chosen = (picks: readonly number[]): Batches =>
  async function* ({ ids, scheduled }) {
    const all = [...ids, ...scheduled];
    yield [...new Set(picks.flatMap((which) => of(all, which) ?? []))];
  };

const paged = (queue: string, verb: Verb): Batches =>
  async function* ({ store }, order) {
    const states = verb === "revive" ? (["dead", "cancelled"] as const) : undefined;
    for await (const page of store.jobs.pages({ queue, ...(states && { states }) }, PAGE, order)) {
      yield page.map(({ id }) => id);
    }
  };

const act: Readonly<Record<Verb, (world: World, batches: Batches) => Promise<void>>> = {
  cancel: (world, batches) => ends(world, batches, (store, ids) => store.jobs.cancelAll(ids, null)),
  delete: (world, batches) => ends(world, batches, (store, ids) => store.jobs.deleteAll(ids)),
  revive,
};

/** What waited is cancelled or gone, all of it: nothing of the call was started or buried by the call. */
async function ends(
  world: World,
  batches: Batches,
  change: (store: Store, ids: readonly string[]) => Promise<readonly ChangeResult[]>,
): Promise<void> {
  const { store, cancelled } = world;
  const before = new Map((await store.jobs.list({})).map(({ id, state }) => [id, state]));
  for await (const ids of batches(world, "children-first")) {
    const results = await change(store, ids);
    for (const [i, id] of ids.entries()) {
      const state = before.get(id);
      if (state === undefined) throw new Error(`nobody knows ${id}`);
      const after = await store.jobs.get(id);
      if (after === null) for (const list of [world.ids, world.scheduled]) remove(list, id);
      else if (state !== "processing" && allows("cancel", state)) {
        expect({ id, kind: results[i]?.kind, state: after.state }).toEqual({ id, kind: "changed", state: "cancelled" });
        cancelled.add(id);
      } else expect(after.state).toBe(state);
    }
  }
}

function remove(list: string[], id: string): void {
  if (list.includes(id)) list.splice(list.indexOf(id), 1);
}

/** Of the jobs of the call, each waits for those of its parents that are of it as well. */
async function revive(world: World, batches: Batches): Promise<void> {
  const { store, cancelled, scheduled, waived } = world;
  const revival = new Revival();
  const revived = new Set<string>();
  const cycle = await hasCycle(store);
  for await (const ids of batches(world, "parents-first")) {
    const results = await store.jobs.reviveAll(ids, revival);
    for (const [i, id] of ids.entries()) if (results[i]?.kind === "changed") revived.add(id);
  }
  world.behind = world.behind.filter(({ child }) => !revived.has(child));
  for (const id of revived) {
    cancelled.delete(id);
    if (scheduled.includes(id)) waived.add(id);
    if (cycle) continue;
    for (const { parent } of await store.jobs.dependencies(id))
      if (revived.has(parent)) world.behind.push({ child: id, parent });
  }
}

/** One that a replacement has closed, and of which one job is let go. */
async function hasCycle(store: Store): Promise<boolean> {
  const edges: { child: string; parent: string }[] = [];
  for (const { id } of await store.jobs.list({}))
    for (const { parent } of await store.jobs.dependencies(id)) edges.push({ child: id, parent });
  return findCycle(edges) !== null;
}

/** After every step: nobody runs before those that it was revived with, and nothing that was cancelled runs. */
export async function checkBulk(world: World): Promise<void> {
  const jobs = new Map((await world.store.jobs.list({})).map((job) => [job.id, job]));
  world.behind = world.behind.filter(({ child, parent }) => {
    const [below, above] = [jobs.get(child), jobs.get(parent)];
    return below && above && !isTerminal(below.state) && !isTerminal(above.state);
  });
  for (const { child, parent } of world.behind)
    expect(jobs.get(child)?.state, `${child}, which is to run after ${parent}`).toBe("blocked");
  for (const id of world.cancelled) expect(jobs.get(id)?.state ?? "cancelled", id).toBe("cancelled");
}

const verbs = fc.constantFrom<Verb>("cancel", "cancel", "revive", "revive", "revive", "delete");

const some: fc.Arbitrary<NamedStep> = fc
  .tuple(verbs, fc.array(pick, { minLength: 2, maxLength: 8 }))
  .map(([verb, picks]) => ({
    name: `${verb} ${picks.join(" and ")}`,
    step: (world) => act[verb](world, chosen(picks)),
  }));

const queue: fc.Arbitrary<NamedStep> = fc
  .tuple(verbs, fc.constantFrom("free", "narrow", "default"))
  .map(([verb, name]) => ({
    name: `${verb} the queue ${name}`,
    step: (world) => act[verb](world, paged(name, verb)),
  }));

/** The same ones twice, so that whole graphs come back. */
const again: fc.Arbitrary<NamedStep> = fc.array(pick, { minLength: 4, maxLength: 12 }).map((picks) => ({
  name: `cancel and revive ${picks.join(" and ")}`,
  step: async (world) => {
    await act.cancel(world, chosen(picks));
    await checkBulk(world);
    await act.revive(world, chosen(picks));
  },
}));

export const bulkSteps = [some, some, queue, queue, again];
