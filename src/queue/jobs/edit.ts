/** Gives a job another description, if nobody has changed it since it was looked at. */

import { ConflictError } from "../../core/errors.js";
import { describeJob, prepareEdit } from "../../core/job/edit.js";
import type { Job } from "../../core/job/job.js";
import type { Store } from "../../store/contract/store.js";
import { changed, isEditable } from "./change-errors.js";

/** See `Client.edit`. Null if that changes nothing. */
export async function editJob(store: Store, job: Job, description: unknown, now: number): Promise<Job | null> {
  const [old, edited] = [describeJob(job), description].map((one) => prepareEdit(job, one, now));
  if (edited === undefined || JSON.stringify(edited) === JSON.stringify(old)) return null;
  const result = await store.jobs.edit(job, edited);
  if (result.kind === "wrong-state" && isEditable(result.job)) {
    throw new ConflictError(`job ${job.id} was changed meanwhile`, "look at it again, and edit it then");
  }
  return changed(result, job, "edited");
}
