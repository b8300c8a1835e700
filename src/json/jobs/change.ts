/** What became of jobs that were changed, as JSON shows it. */
import type { Job } from "../../queue/jobs/job.js";
import { errorToJson } from "../error.js";
import { jobToJson } from "./job.js";

/** A job as it is now (or was, if it is gone), or why it was not changed. */
export type ChangeResult = { readonly job: Job } | { readonly id: string; readonly error: unknown };

export function changeToJson(result: ChangeResult) {
  return "job" in result ? jobToJson(result.job) : { id: result.id, error: errorToJson(result.error) };
}

/** A job of `enqueue`; false: a job that was there has its unique key. */
export function enqueuedToJson(job: Job, created: boolean) {
  return { ...jobToJson(job), created };
}

/** How many jobs `prune` deleted, or would have deleted. */
export function prunedToJson(count: number, dryRun: boolean) {
  return dryRun ? { would_delete: count } : { deleted: count };
}

/** What a job said of how far it is. */
export function progressToJson(id: string, percent: number, message: string | null) {
  return { id, progress: percent, progress_message: message };
}

/** A job that was waited for. */
export function endedToJson(id: string, state: string, job: Job | undefined) {
  return job === undefined ? { id, state } : jobToJson(job);
}
