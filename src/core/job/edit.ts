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

/** Keys that a job may lack. In a setting, `none` removes them. */
const OPTIONAL_KEYS = [
  ...["max_retries", "timeout", "backoff", "backoff_base", "backoff_max", "jitter"],
  ...["retry_on", "no_retry_on", "snooze_on", "snooze_delay", "nice", "memory", "cpu_time"],
  ...["on_completed", "on_failed", "on_dead", "webhook_url", "webhook_events"],
];
/** What ties a job to others, and what only counts when it is enqueued. */
const FIXED_KEYS = ["ref", "after", "on_unmet", "unique", "on_conflict", "limit_key", "limit", "deadline", "policy"];
const KEYS = JOB_KEYS.filter((key) => !FIXED_KEYS.includes(key));

/** What an editor shows: each key that may be edited and is not left open. */
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

const TEXTS = [
  ...["id", "command", "queue", "run_at", "delay", "timeout", "cwd", "backoff", "backoff_max", "snooze_delay"],
  ...["memory", "cpu_time", "on_completed", "on_failed", "on_dead", "webhook_url"],
];
/** How to read one item of a list with commas. */
const LISTS: Readonly<Record<string, (text: string) => unknown>> = {
  ...{ tags: String, webhook_events: String },
  ...{ retry_on: numberOrText, no_retry_on: numberOrText, snooze_on: numberOrText },
};

/**
 * The description with settings such as `priority=5`. Texts are taken as they are, lists may be separated by commas,
 * and any other value is JSON. `none` removes an optional key.
 * @throws UsageError if a setting has no `=`, or repeats a key
 */
export function withSettings(
  description: Readonly<Record<string, unknown>>,
  settings: readonly string[],
): Record<string, unknown> {
  // No prototype, so that a key such as `constructor` has no inherited meaning.
  const result: Record<string, unknown> = Object.assign(Object.create(null), description);
  const seen = new Set<string>();
  for (const setting of settings) {
    const [, name, text = ""] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    if (name === undefined) {
      throw new UsageError(`--set is ${JSON.stringify(setting)}`, "give a key and a value: --set priority=5");
    }
    const key = name.replaceAll("-", "_");
    if (seen.has(key)) throw new UsageError(`--set ${key} is given twice`, "give it once");
    seen.add(key);
    if (seen.has("run_at") && seen.has("delay"))
      throw new UsageError("--set run_at and --set delay both say when to run", "give one of them");
    if (key === "delay") delete result.run_at;
    if (text === "none" && OPTIONAL_KEYS.includes(key)) {
      delete result[key];
      if (key === "webhook_url") delete result.webhook_events;
    } else result[key] = TEXTS.includes(key) ? text : jsonOrText(key, text);
  }
  return result;
}

function numberOrText(text: string): unknown {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : text;
}

function jsonOrText(key: string, text: string): unknown {
  const value = json(text);
  const item = Object.hasOwn(LISTS, key) ? LISTS[key] : undefined;
  if (item === undefined) return value === undefined ? text : value;
  if (Array.isArray(value)) return value;
  return text
    .split(",")
    .filter((word) => word !== "")
    .map(item);
}

/** Undefined: the text is no JSON. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
