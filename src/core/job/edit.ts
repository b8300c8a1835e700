/**
 * The editable description of a stored job, in the keys of `enqueue`. It leaves out the id, which stays, and what ties
 * the job to others: dependencies, unique and limit keys, policy and deadline. Values that come from the configuration
 * are left out too, so that they keep coming from there.
 */

import { UsageError } from "../errors.js";
import type { Job } from "./job.js";
import { type JobOptions, NO_OPTIONS } from "./options.js";
import { JOB_KEYS } from "./schema.js";
import { type PreparedJob, prepareJob } from "./spec.js";
import { jobToSpec } from "./to-spec.js";

/** The fields that an edit may change. `runAt` null: now. */
export type JobDescription = Pick<
  PreparedJob,
  | "command"
  | "queue"
  | "priority"
  | "maxRetries"
  | "timeoutMs"
  | "backoffBase"
  | "cwd"
  | "env"
  | "tags"
  | "runAt"
  | "options"
>;

/** Keys that tie a job to others, or that count only when it is enqueued. */
const FIXED_KEYS = ["ref", "after", "on_unmet", "unique", "on_conflict", "limit_key", "limit", "deadline", "policy"];
const KEYS = JOB_KEYS.filter((key) => !FIXED_KEYS.includes(key));

/** The text for an editor: each editable key that is not left open. */
export function describeJob(job: Job): Record<string, unknown> {
  const said = Object.entries(jobToSpec(job)).filter(([key, value]) => KEYS.includes(key) && value !== null);
  // A revived job is due at once, so a dead one shows no time.
  return Object.fromEntries(said.filter(([key]) => key !== "run_at" || job.state !== "dead"));
}

/** Follows the rules of `enqueue`. Directories are relative to the job's own. @throws UsageError */
export function prepareEdit(job: Job, description: unknown, now: number): JobDescription {
  const isObject = typeof description === "object" && description !== null && !Array.isArray(description);
  const spec = isObject ? { id: job.id, ...description } : description;
  const { id, ...prepared } = prepareJob(withoutOwnQueue(job, spec), { cwd: job.cwd, now, newId: () => job.id });
  const other = Object.keys(spec as object).find((key) => !KEYS.includes(key));
  if (other !== undefined) {
    throw new UsageError(`"${other}" cannot be edited`, `editable keys: ${KEYS.slice(1).join(", ")}`);
  }
  const queue = withoutOwnQueue(job, spec) === spec ? prepared.queue : job.queue;
  if (id === job.id) return { ...prepared, queue, options: withKept(job.options, prepared.options) };
  throw new UsageError(`"id" is ${JSON.stringify(id)}: a job keeps its id`, `leave it out, or leave it ${job.id}`);
}

/** A hook stays in its queue, whose name users cannot give. */
function withoutOwnQueue(job: Job, spec: unknown): unknown {
  const { queue, ...rest } = spec as { readonly queue?: unknown };
  return queue === job.queue && job.queue.startsWith("_") ? rest : spec;
}

/** Keeps the options that the description leaves out. */
function withKept({ schedule, policy }: JobOptions, edited: JobOptions): JobOptions {
  const options = { ...(schedule && { schedule }), ...(policy !== undefined && { policy }), ...edited };
  return Object.keys(options).length === 0 ? NO_OPTIONS : options;
}
