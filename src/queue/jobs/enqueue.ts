/** Puts jobs into the store, with what they say of each other and of policies looked up. */

import { removeOutput } from "../../attempt/paths.js";
import { UsageError } from "../../core/errors.js";
import { JobGraph } from "../../core/job/graph.js";
import type { PreparedJob } from "../../core/job/spec.js";
import type { Home } from "../../home/home.js";
import type { InsertOptions, Store } from "../../store/contract/store.js";
import { CycleError } from "../../store/errors.js";
import type { Policies } from "../policies.js";
import { findParent } from "./find-job.js";

interface EnqueueContext {
  readonly store: Store;
  readonly home: Home;
  readonly policies: Policies;
}

type Batches = Iterable<readonly PreparedJob[]> | AsyncIterable<readonly PreparedJob[]>;

/** See `Client.enqueueAll`. */
export async function insertAll(
  { store, home, policies }: EnqueueContext,
  batches: Batches,
  options: InsertOptions,
): Promise<number> {
  const graph = new JobGraph();
  try {
    return await store.jobs.insert(policies.applied(graph.watch(checked(batches))), {
      ...options,
      edges: (idsOfCall) =>
        graph.edges({
          ids: async (names) => new Set([...(await idsOfCall(names)), ...(await store.jobs.states(names)).keys()]),
          find: (name, position) => findParent(store.jobs, name, position),
        }),
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

/** For callers whom no compiler tells that a description is not a job yet. */
async function* checked(batches: Batches): AsyncGenerator<readonly PreparedJob[]> {
  for await (const batch of batches) {
    if (Array.isArray(batch) && batch.every(isPrepared)) yield batch;
    else {
      const example = 'for example [[client.prepare({ command: "echo hi" })]]';
      throw new UsageError("enqueueAll takes batches of prepared jobs", example);
    }
  }
}

function isPrepared(job: unknown): boolean {
  return typeof job === "object" && job !== null && "onConflict" in job;
}
