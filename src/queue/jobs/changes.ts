/**
 * Changes of jobs, one or many. Many jobs are changed in one transaction. If they do not fit into one, `Jobs.pages`
 * gives the order.
 */

import { removeOutput } from "../../attempt/paths.js";
import type { QueueContext } from "../../attempt/reclaim.js";
import type { Config } from "../../config/config.js";
import { QueuectlError } from "../../core/errors.js";
import type { Job as StoredJob } from "../../core/job/job.js";
import type { ChangeResult } from "../../store/contract/store.js";
import { Revival } from "../../store/revival.js";
import { changed } from "./change-errors.js";
import { type Job, toJob } from "./job.js";

export { Revival } from "../../store/revival.js";

/** The result for one job: the job as it is now (or was, if it is deleted), or the reason why it was not changed. */
export type ChangedJob = { readonly job: Job } | { readonly id: string; readonly error: QueuectlError };

/** The jobs with exactly these ids; no prefixes. */
export type JobsToChange = readonly Pick<Job, "id">[];

/** See `Jobs.cancelMany`. */
export async function cancelAll(
  context: QueueContext,
  jobs: JobsToChange,
  reason: string | null,
): Promise<ChangedJob[]> {
  const config = await context.config();
  const results = await context.store.jobs.cancelAll(idsOf(jobs), reason);
  return outcomesOf(config, jobs, results, async (result, asked) => {
    const job = changed(result, asked, "cancelled");
    if (result.kind !== "requested") return job;
    // Loaded on demand: short commands do not ask which processes live.
    const { endRunning } = await import("./cancel-running.js");
    return endRunning(context, job, reason);
  });
}

/** See `Jobs.retryMany`. */
export async function retryAll(
  context: QueueContext,
  jobs: JobsToChange,
  revival = new Revival(),
): Promise<ChangedJob[]> {
  const config = await context.config();
  const results = await context.store.jobs.reviveAll(idsOf(jobs), revival);
  return outcomesOf(config, jobs, results, (result, job) => changed(result, job, "retried"));
}

/** See `Jobs.deleteMany`. */
export async function deleteAll(context: QueueContext, jobs: JobsToChange): Promise<ChangedJob[]> {
  const config = await context.config();
  const results = await context.store.jobs.deleteAll(idsOf(jobs));
  removeOutput(
    context.home,
    results.flatMap(({ files = [] }) => files),
  );
  return outcomesOf(config, jobs, results, (result, job) => changed(result, job, "deleted"));
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
      return { job: toJob(await outcome(result, job), config) };
    } catch (error) {
      if (error instanceof QueuectlError) return { id: job.id, error };
      throw error;
    }
  };
  return Promise.all(jobs.map((job, i) => tell(job, results[i])));
}
