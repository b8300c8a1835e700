/** Puts jobs into the store, with their references to each other and to policies resolved. */

import { removeOutput } from "../../attempt/paths.js";
import type { QueueContext } from "../../attempt/reclaim.js";
import { JobGraph } from "../../core/dependency/graph.js";
import { type PreparedJob, prepareJob } from "../../core/job/spec.js";
import { prepareContext } from "../../home/working-directory.js";
import { CycleError } from "../../store/errors.js";
import { Policies } from "../policies.js";
import { findParent } from "./find-job.js";
import type { JobSpec } from "./spec.js";
import { inLibrarySpelling, toJson } from "./spelling.js";

type Batches = Iterable<readonly PreparedJob[]> | AsyncIterable<readonly PreparedJob[]>;

export interface EnqueueOptions {
  /** Put a job in the place of one with the same id, whose history goes; never of one that is processing. */
  readonly replace?: boolean;
  /** Called for each job that is left out, since the unfinished job `holder` has its unique key; positions count from 0. */
  readonly onSkipped?: (id: string, holder: string, position: number) => void;
  /** Called now and then while many are written. They count when the call resolves. */
  readonly onProgress?: (written: number, total: number) => void;
}

export const ENQUEUE_OPTIONS = ["replace", "onProgress", "onSkipped"];

const BATCH_JOBS = 1000;

/** Checks the description of a job and completes it, without enqueueing it. @throws UsageError naming the key */
export type Prepare = (spec: unknown) => PreparedJob;

/** For the jobs of one call, which have its working directory in common. */
export function preparer({ store }: Pick<QueueContext, "store">): Prepare {
  const context = prepareContext(store.clock);
  return (spec) => prepareJob(spec, context);
}

/**
 * Enqueues all jobs, or none if one of them is wrong. Memory does not grow with their number.
 * @returns the number of jobs
 */
export async function insertPrepared(
  { store, home }: QueueContext,
  batches: Batches,
  options: EnqueueOptions = {},
): Promise<number> {
  const graph = new JobGraph();
  try {
    return await store.jobs.insert(new Policies(store).applied(graph.watch(batches)), {
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

/** See `Jobs.enqueueMany`. @param nameOf an error's name for the description at a position */
export async function enqueueSpecs(
  context: QueueContext,
  specs: Iterable<JobSpec> | AsyncIterable<JobSpec>,
  options: EnqueueOptions,
  nameOf: (position: number) => string,
): Promise<string[]> {
  const ids: string[] = [];
  await insertPrepared(context, prepared(context, specs, ids, nameOf), {
    ...options,
    onSkipped: (id, holder, position) => {
      ids[position] = holder;
      options.onSkipped?.(id, holder, position);
    },
  });
  return ids;
}

async function* prepared(
  context: QueueContext,
  specs: Iterable<JobSpec> | AsyncIterable<JobSpec>,
  ids: string[],
  nameOf: (position: number) => string,
): AsyncGenerator<PreparedJob[]> {
  const prepare = preparer(context);
  let batch: PreparedJob[] = [];
  for await (const spec of specs) {
    const job = prepareSpec(prepare, spec, () => nameOf(ids.length));
    ids.push(job.id);
    batch.push(job);
    if (batch.length < BATCH_JOBS) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

function prepareSpec(prepare: Prepare, spec: JobSpec, nameOf: () => string): PreparedJob {
  try {
    return prepare(toJson(spec, "job"));
  } catch (error) {
    throw inLibrarySpelling(error, nameOf());
  }
}
