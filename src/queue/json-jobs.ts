/**
 * Jobs described as JSON, for the faces of the queue that speak JSON. The library has its own spelling, see
 * `jobs/jobs.ts`.
 */
import type { PreparedJob } from "../core/job/spec.js";
import type { NamedPolicy } from "../core/retry/policy.js";
import type { PolicySpecJson } from "../core/retry/spec.js";
import { type Client, contextOf } from "./client.js";
import { type EditableJob, editJob, lookAt } from "./jobs/edit.js";
import { type EnqueueOptions, insertPrepared, type Prepare, preparer } from "./jobs/enqueue.js";
import type { JobReference } from "./jobs/find-job.js";
import { type Job, toJob } from "./jobs/job.js";
import { changeStored } from "./policies.js";
import type { NewScheduleJson } from "./schedule-book.js";
import { type Schedule, toSchedule } from "./schedules.js";

/** For the jobs of one call, which have its working directory in common. */
export function jsonPreparer(client: Client): Prepare {
  return preparer(contextOf(client));
}

/** Checks a job's description and completes it, without enqueueing it. @throws UsageError naming the key */
export function prepareFromJson(client: Client, description: unknown): PreparedJob {
  return jsonPreparer(client)(description);
}

/**
 * Enqueues all jobs, or none if one of them is wrong. Memory does not grow with their number.
 * @returns the number of jobs
 */
export function enqueuePrepared(
  client: Client,
  batches: Iterable<readonly PreparedJob[]> | AsyncIterable<readonly PreparedJob[]>,
  options: EnqueueOptions = {},
): Promise<number> {
  return insertPrepared(contextOf(client), batches, options);
}

/** @throws NoSuchJobError @throws ConflictError if the job's state allows no edit */
export function lookAtJob(client: Client, reference: JobReference): Promise<EditableJob> {
  return lookAt(contextOf(client), reference);
}

/** Null: the description changes nothing. See {@link editJob}. */
export async function giveDescription(client: Client, seen: EditableJob, description: unknown): Promise<Job | null> {
  const edited = await editJob(contextOf(client), seen.job, description);
  return edited && toJob(edited, await client.config());
}

/** As `client.schedules.add`, for a job described as JSON. */
export async function addSchedule(
  client: Client,
  given: NewScheduleJson,
  options: { readonly replace?: boolean },
): Promise<Schedule> {
  const { ScheduleBook } = await import("./schedule-book.js");
  return toSchedule(await new ScheduleBook(contextOf(client).store).add(given, options));
}

/** As `client.policies.set`, with JSON's keys. */
export function setPolicy(client: Client, name: string, changes: PolicySpecJson): Promise<NamedPolicy> {
  return changeStored(contextOf(client).store, name, changes);
}
