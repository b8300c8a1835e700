/** Gives a job another description, if it has not changed since it was read. */

import type { QueueContext } from "../../attempt/reclaim.js";
import { ConflictError, NoSuchJobError, UsageError } from "../../core/errors.js";
import { describeJob, prepareEdit } from "../../core/job/edit.js";
import type { Job } from "../../core/job/job.js";
import { changed, isEditable, wrongState } from "./change-errors.js";
import { findId, type JobReference } from "./find-job.js";
import { EDITABLE_KEYS, type JobChanges } from "./spec.js";
import { inLibrarySpelling, toJson } from "./spelling.js";

/** The job as stored: values from the configuration are not its own. */
export interface EditableJob {
  readonly job: Job;
  /** The job's own description, in JSON's keys. */
  readonly description: Record<string, unknown>;
}

/** @throws NoSuchJobError @throws ConflictError if the job's state allows no edit */
export async function lookAt({ store }: QueueContext, reference: JobReference): Promise<EditableJob> {
  const id = await findId(store.jobs, reference);
  const job = await store.jobs.get(id);
  if (job === null) throw new NoSuchJobError(id);
  if (!isEditable(job)) throw wrongState(job, "edited");
  return { job, description: describeJob(job) };
}

/**
 * @param job as it was last read. Null: the description changes nothing. @throws UsageError if the description is wrong
 * @throws ConflictError if the job was changed since it was read
 */
export async function editJob({ store }: QueueContext, job: Job, description: unknown): Promise<Job | null> {
  const now = store.clock.now();
  const [old, edited] = [describeJob(job), description].map((one) => prepareEdit(job, one, now));
  if (edited === undefined || JSON.stringify(edited) === JSON.stringify(old)) return null;
  const result = await store.jobs.edit(job, edited);
  if (result.kind === "wrong-state" && isEditable(result.job)) {
    throw new ConflictError(`job ${job.id} was changed meanwhile`, "look at it again, and edit it then");
  }
  return changed(result, job, "edited");
}

/** See `Jobs.edit`. Resolves to the edited job. */
export async function applyChanges(context: QueueContext, reference: JobReference, changes: JobChanges): Promise<Job> {
  const { job, description } = await lookAt(context, reference);
  const said = toJson(changes, "change of a job", EDITABLE_KEYS);
  if (typeof said !== "object" || said === null) throw new UsageError("the changes of a job are no object");
  const { run_at, ...rest } = description;
  const merged = { ...("delay" in said ? rest : description), ...said };
  const kept = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  try {
    return (await editJob(context, job, kept)) ?? job;
  } catch (error) {
    throw inLibrarySpelling(error);
  }
}
