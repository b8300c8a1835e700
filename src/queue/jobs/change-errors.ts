/** Turns the store's answer about a change into the changed job or an error. */
import { ConflictError, NoSuchJobError } from "../../core/errors.js";
import type { Job } from "../../core/job/job.js";
import { EDITABLE_STATES, type JobState } from "../../core/job/state.js";
import type { ChangeResult } from "../../store/contract/store.js";
import type { JobReference } from "./find-job.js";

const WRONG_STATE_HINT = {
  cancelled: "only a job that has not ended can be cancelled",
  retried: "only a job that has ended can be run again",
  edited: "only a job that waits, or is dead, can be edited",
  deleted: "cancel it first, or wait until it ends",
} as const;

/** @throws NoSuchJobError @throws ConflictError */
export function changed(result: ChangeResult, reference: JobReference, verb: keyof typeof WRONG_STATE_HINT): Job {
  if (result.kind === "not-found") throw new NoSuchJobError(typeof reference === "string" ? reference : reference.id);
  if (result.kind === "key-taken") {
    throw new ConflictError(
      `another unfinished job has the unique key ${JSON.stringify(result.job.uniqueKey)} of job ${result.job.id}`,
    );
  }
  if (result.kind === "changed" || result.kind === "requested") return result.job;
  throw wrongState(result.job, verb);
}

/** The error of an action that the job's state does not allow. */
export function wrongState(
  { id, state }: Pick<Job, "id" | "state">,
  verb: keyof typeof WRONG_STATE_HINT,
): ConflictError {
  return new ConflictError(`job ${id} is ${state} and cannot be ${verb}`, WRONG_STATE_HINT[verb]);
}

export function isEditable({ state }: Job): boolean {
  return (EDITABLE_STATES as readonly JobState[]).includes(state);
}
