/** The results of changes of jobs as JSON. */
import type { Job } from "../../queue/jobs/job.js";
import { errorToJson } from "../error.js";
import { jobToJson } from "./job.js";

/** The job as it is now (or was, if it is deleted), or the reason why it was not changed. */
export type ChangeResult =
  | { readonly job: Job; readonly takenAlong: readonly string[] }
  | { readonly id: string; readonly error: unknown };

/** What happened to the jobs that a changed job took along. */
export type TakenAlong = "buried" | "revived";

/** With `also_buried` or `also_revived`, a list of ids. */
export function changeToJson(result: ChangeResult, taken: TakenAlong) {
  if (!("job" in result)) return { id: result.id, error: errorToJson(result.error) };
  return { ...jobToJson(result.job), [`also_${taken}`]: result.takenAlong };
}

/** A job of `enqueue`. `created` false: another job holds its unique key. */
export function enqueuedToJson(job: Job, created: boolean) {
  return { ...jobToJson(job), created };
}

/** Number of jobs that `prune` deleted, or would delete. */
export function prunedToJson(count: number, dryRun: boolean) {
  return dryRun ? { would_delete: count } : { deleted: count };
}

/** Progress that a job reported. */
export function progressToJson(id: string, percent: number, message: string | null) {
  return { id, progress: percent, progress_message: message };
}

/** A job that was waited for. */
export function endedToJson(id: string, state: string, job: Job | undefined) {
  return job === undefined ? { id, state } : jobToJson(job);
}
