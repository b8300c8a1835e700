/** What became of a request to change a job, for whoever asked: the job, or an error that says what to do. */
import { ConflictError, NoSuchJobError } from "./core/errors.js";
import type { Job } from "./core/job.js";
import type { ChangeResult } from "./store/store.js";

const WRONG_STATE_HINT = {
  cancelled: "only a job that has not ended can be cancelled",
  retried: "only a job that has ended can be run again",
  deleted: "cancel it first, or wait until it ends",
} as const;

/** @throws NoSuchJobError @throws ConflictError */
export function changed(result: ChangeResult, reference: string, verb: keyof typeof WRONG_STATE_HINT): Job {
  if (result.kind === "not-found") throw new NoSuchJobError(reference);
  if (result.kind === "key-taken") {
    throw new ConflictError(
      `another unfinished job has the unique key ${JSON.stringify(result.job.uniqueKey)} of job ${result.job.id}`,
    );
  }
  if (result.kind !== "wrong-state") return result.job;
  throw wrongState(result.job, verb);
}

/** The error of an act that the job's state does not allow. */
export function wrongState({ id, state }: Job, verb: keyof typeof WRONG_STATE_HINT): ConflictError {
  return new ConflictError(`job ${id} is ${state} and cannot be ${verb}`, WRONG_STATE_HINT[verb]);
}
