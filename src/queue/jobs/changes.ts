/**
 * Changes of jobs, one or many. Many jobs are changed in one transaction. If they do not fit into one, `Jobs.pages`
 * gives the order.
 */

import { removeOutput } from "../../attempt/paths.js";
import type { QueueContext } from "../../attempt/reclaim.js";
import type { Config } from "../../config/config.js";
import { ConflictError, QueuectlError } from "../../core/errors.js";
import type { Job as StoredJob } from "../../core/job/job.js";
import { listed } from "../../core/text/listed.js";
import { oneLine } from "../../core/text/visible.js";
import type { ChangeResult, JobStore } from "../../store/contract/store.js";
import { Revival } from "../../store/revival.js";
import { changed } from "./change-errors.js";
import { adviceFor, canBeRetried, culpritsOf, culpritText } from "./culprits.js";
import { type Job, toJob } from "./job.js";

export { Revival } from "../../store/revival.js";

/** The result for one job: what became of it, or the reason why it was not changed. */
export type ChangedJob =
  | {
      /** The job as it is now, or was, if it is deleted. */
      readonly job: Job;
      /** Ids of the jobs that were buried, or revived, because of it. */
      readonly takenAlong: readonly string[];
    }
  | { readonly id: string; readonly error: QueuectlError };

export interface RetryJobOptions {
  /** Whether to run also a job that died of its parent, without that parent. */
  readonly force?: boolean;
}

export interface RetryManyOptions extends RetryJobOptions {
  /** Shared by several calls that retry parts of one graph, parents first: the jobs that they have revived so far. */
  readonly revival?: Revival;
}

/** The jobs with exactly these ids; no prefixes. */
export type JobsToChange = readonly Pick<Job, "id">[];

/** See `Jobs.cancelMany`. */
export async function cancelAll(
  context: QueueContext,
  jobs: JobsToChange,
  reason: string | null,
): Promise<ChangedJob[]> {
  const { store } = context;
  const config = await context.config();
  const since = store.clock.now();
  const results = await store.jobs.cancelAll(idsOf(jobs), reason);
  const outcomes = await outcomesOf(config, jobs, results, async (result, asked) => {
    const job = changed(result, asked, "cancelled");
    if (result.kind !== "requested") return job;
    // Loaded on demand: short commands do not ask which processes live.
    const { endRunning } = await import("./cancel-running.js");
    return endRunning(context, job, reason);
  });
  return withTakenAlong(outcomes, await store.jobs.buriedBy(idsOf(jobs), since));
}

/** See `Jobs.retryMany`. */
export async function retryAll(
  context: QueueContext,
  jobs: JobsToChange,
  { revival = new Revival(), force = false }: RetryManyOptions = {},
): Promise<ChangedJob[]> {
  const { store } = context;
  const config = await context.config();
  const results = await store.jobs.reviveAll(idsOf(jobs), revival, { heedParents: !force });
  const outcomes = await outcomesOf(config, jobs, results, async (result, job) => {
    if (result.kind === "parent-failed") throw await diedOfParent(store.jobs, job.id);
    return changed(result, job, "retried");
  });
  return withTakenAlong(outcomes, revival.takenAlong);
}

/** See `Jobs.deleteMany`. */
export async function deleteAll(context: QueueContext, jobs: JobsToChange): Promise<ChangedJob[]> {
  const { store } = context;
  const config = await context.config();
  const since = store.clock.now();
  const results = await store.jobs.deleteAll(idsOf(jobs));
  removeOutput(
    context.home,
    results.flatMap(({ files = [] }) => files),
  );
  const outcomes = await outcomesOf(config, jobs, results, (result, job) => changed(result, job, "deleted"));
  return withTakenAlong(outcomes, await store.jobs.buriedBy(idsOf(jobs), since));
}

async function diedOfParent(jobs: JobStore, id: string): Promise<ConflictError> {
  const culprits = await culpritsOf(jobs, id);
  const why = culprits.map((culprit) => oneLine(culpritText(culprit)));
  const alone = culprits.every(canBeRetried) ? `; --force runs ${id} all the same` : "";
  return new ConflictError(`job ${id} died because ${listed(why)}`, `${adviceFor(id, culprits)}${alone}`);
}

/** @param origins the jobs that were taken along, each with the job that it goes back to */
function withTakenAlong(outcomes: readonly ChangedJob[], origins: ReadonlyMap<string, string>): ChangedJob[] {
  if (origins.size === 0) return [...outcomes];
  const taken = new Map<string, string[]>();
  for (const [id, origin] of origins) {
    const others = taken.get(origin);
    if (others === undefined) taken.set(origin, [id]);
    else others.push(id);
  }
  return outcomes.map((outcome) =>
    "job" in outcome ? { ...outcome, takenAlong: taken.get(outcome.job.id) ?? [] } : outcome,
  );
}

/** The job of a change of one job, or else its error as an exception. */
export function theOne([change]: readonly ChangedJob[]): Job {
  if (change === undefined) throw new Error("nothing was changed");
  if ("error" in change) throw change.error;
  return change.job;
}

function idsOf(jobs: JobsToChange): string[] {
  return jobs.map(({ id }) => id);
}

function outcomesOf(
  config: Config,
  jobs: JobsToChange,
  results: readonly ChangeResult[],
  outcome: (result: ChangeResult, job: JobsToChange[number]) => StoredJob | Promise<StoredJob>,
): Promise<ChangedJob[]> {
  const tell = async (job: JobsToChange[number], result: ChangeResult = { kind: "not-found" }): Promise<ChangedJob> => {
    try {
      return { job: toJob(await outcome(result, job), config), takenAlong: [] };
    } catch (error) {
      if (error instanceof QueuectlError) return { id: job.id, error };
      throw error;
    }
  };
  return Promise.all(jobs.map((job, i) => tell(job, results[i])));
}
