/** Finds the job behind a reference. */
import { NoSuchJobError, UsageError } from "../../core/errors.js";
import { HOOK_QUEUE } from "../../core/hook/hook.js";
import { LAST } from "../../core/job/ids.js";
import type { Job } from "../../core/job/job.js";
import type { JobStore } from "../../store/contract/store.js";
import { UnknownParentError } from "../../store/errors.js";

/** A typed reference, see {@link findId}; or the job itself, whose id is not taken for a prefix. */
export type JobReference = string | { readonly id: string };

type Finder = Pick<JobStore, "get" | "list" | "pages" | "idsWithPrefix">;

/** Most ids that an ambiguous prefix lists. */
const SHOWN_MATCHES = 5;
const PAGE_SIZE = 1000;

/**
 * The id behind `reference`: an id; `last`, for the newest job that a person or a program enqueued; or a prefix that fits
 * only one job.
 * @throws NoSuchJobError @throws UsageError if the prefix fits several jobs
 */
export async function findId(jobs: Finder, reference: JobReference): Promise<string> {
  if (typeof reference !== "string") return reference.id;
  if (reference !== "" && (await jobs.get(reference)) !== null) return reference;
  if (reference === LAST) {
    const newest = await newestOfUsers(jobs);
    if (newest !== null) return newest.id;
    throw new NoSuchJobError(LAST);
  }
  const ids = reference === "" ? [] : await jobs.idsWithPrefix(reference, SHOWN_MATCHES + 1);
  if (ids.length === 0) throw new NoSuchJobError(reference);
  if (ids.length === 1) return ids[0] as string;
  const shown = ids.slice(0, SHOWN_MATCHES).join(", ") + (ids.length > SHOWN_MATCHES ? ", …" : "");
  throw new UsageError(`the prefix ${reference} fits more than one job: ${shown}`, "give more of the id");
}

/** The newest job that neither a hook nor a webhook nor a schedule enqueued. */
async function newestOfUsers(jobs: Finder): Promise<Job | null> {
  // Mostly it is the first one. A list without a limit is read through.
  const found = (await jobs.list({ reverse: true, limit: 50 })).find(isOfUsers);
  if (found !== undefined) return found;
  for await (const page of jobs.pages({ reverse: true }, PAGE_SIZE)) {
    const older = page.find(isOfUsers);
    if (older !== undefined) return older;
  }
  return null;
}

function isOfUsers({ queue, options }: Job): boolean {
  return queue !== HOOK_QUEUE && options.schedule === undefined;
}

/** The job behind `reference`. @throws NoSuchJobError @throws UsageError if the prefix fits several jobs */
export async function findJob(jobs: Finder, reference: JobReference): Promise<Job> {
  const exact = typeof reference === "string" ? reference : reference.id;
  const job = (await jobs.get(exact)) ?? (await jobs.get(await findId(jobs, reference)));
  if (job === null) throw new NoSuchJobError(exact);
  return job;
}

/** As {@link findId}, for a parent that a job of a call names. @throws UnknownParentError */
export async function findParent(jobs: Finder, name: string, position: number): Promise<string> {
  try {
    return await findId(jobs, name);
  } catch (error) {
    throw error instanceof NoSuchJobError ? new UnknownParentError(name, position) : error;
  }
}
