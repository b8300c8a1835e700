/**
 * What may be done to jobs, one or many, as `Client` has it for one. Many are changed in one transaction; of those that do not fit into
 * one, `Client.pages` gives the order.
 */

import { removeOutput } from "../../attempt/paths.js";
import type { QueueContext } from "../../attempt/reclaim.js";
import { QueuectlError } from "../../core/errors.js";
import type { Job } from "../../core/job/job.js";
import type { ChangeResult, Store } from "../../store/contract/store.js";
import { Revival } from "../../store/revival.js";
import { changed } from "./change-errors.js";

/** What became of one job: it as it is now (or was, if it is gone), or why it was not changed. */
export type ChangedJob = { readonly job: Job } | { readonly id: string; readonly error: QueuectlError };

/** The jobs themselves, and no others whose ids begin with theirs. */
type Jobs = readonly Pick<Job, "id">[];

export class JobChanges {
  readonly #context: QueueContext;
  readonly #store: Store;

  constructor(context: QueueContext) {
    this.#context = context;
    this.#store = context.store;
  }

  /**
   * Cancels jobs, so that none of them is started or buried by the end of another one. Resolves when those that were running are gone.
   *
   * ```ts
   * for await (const jobs of client.pages({ queue: "etl" }, "children-first")) await client.changes.cancel(jobs);
   * ```
   */
  async cancel(jobs: Jobs, reason: string | null = null): Promise<ChangedJob[]> {
    const results = await this.#store.jobs.cancelAll(idsOf(jobs), reason);
    return outcomesOf(jobs, results, (result, asked) => {
      const job = changed(result, asked, "cancelled");
      return result.kind === "requested" ? this.#end(job, reason) : job;
    });
  }

  /** Runs jobs that have ended once more; those that wait for others of the same call run after them. */
  async retry(jobs: Jobs, revival = new Revival()): Promise<ChangedJob[]> {
    const results = await this.#store.jobs.reviveAll(idsOf(jobs), revival);
    return outcomesOf(jobs, results, (result, job) => changed(result, job, "retried"));
  }

  /** Deletes jobs with their history and output, so that none of them is started or buried by that. */
  async delete(jobs: Jobs): Promise<ChangedJob[]> {
    const results = await this.#store.jobs.deleteAll(idsOf(jobs));
    removeOutput(
      this.#context.home,
      results.flatMap(({ files = [] }) => files),
    );
    return outcomesOf(jobs, results, (result, job) => changed(result, job, "deleted"));
  }

  /** Loaded when it is called for: who lives is a question that a short command does not ask. */
  async #end(job: Job, reason: string | null): Promise<Job> {
    const { endRunning } = await import("./cancel-running.js");
    return endRunning(this.#context, job, reason);
  }
}

/** The job of a change that was about one, or what is thrown. */
export function theOne([change]: readonly ChangedJob[]): Job {
  if (change === undefined) throw new Error("nothing was changed");
  if ("error" in change) throw change.error;
  return change.job;
}

function idsOf(jobs: Jobs): string[] {
  return jobs.map(({ id }) => id);
}

function outcomesOf(
  jobs: Jobs,
  results: readonly ChangeResult[],
  outcome: (result: ChangeResult, job: Jobs[number]) => Job | Promise<Job>,
): Promise<ChangedJob[]> {
  const tell = async (job: Jobs[number], result: ChangeResult = { kind: "not-found" }): Promise<ChangedJob> => {
    try {
      return { job: await outcome(result, job) };
    } catch (error) {
      if (error instanceof QueuectlError) return { id: job.id, error };
      throw error;
    }
  };
  return Promise.all(jobs.map((job, i) => tell(job, results[i])));
}
