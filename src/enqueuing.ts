/** Puts jobs into the store, with what they say of each other and of policies looked up. */
import { JobGraph } from "./core/job-graph.js";
import type { PreparedJob } from "./core/job-spec.js";
import { type Home, removeOutput } from "./home.js";
import { findParent } from "./job-reference.js";
import type { Policies } from "./policies.js";
import { CycleError } from "./store/conflict.js";
import type { InsertOptions, Store } from "./store/store.js";

interface Place {
  readonly store: Store;
  readonly home: Home;
  readonly policies: Policies;
}

/** See `Queue.enqueueAll`. */
export async function insertAll(
  { store, home, policies }: Place,
  batches: Iterable<readonly PreparedJob[]> | AsyncIterable<readonly PreparedJob[]>,
  options: InsertOptions,
): Promise<number> {
  const graph = new JobGraph();
  try {
    return await store.jobs.insert(policies.applied(graph.watch(batches)), {
      ...options,
      edges: () => graph.edges((name, position) => findParent(store.jobs, name, position)),
      onDroppedFiles: (files) => removeOutput(home, files),
    });
  } catch (error) {
    if (!(error instanceof CycleError)) throw error;
    throw new CycleError(
      error.cycle.map((id) => graph.nameOf(id)),
      error.position,
    );
  }
}
