/**
 * The description of a job that is there already, to be edited: what `enqueue` takes, except the id, which stays. What the job
 * leaves to the configuration is left out, so that it stays so.
 */
import { formatDuration } from "./duration.js";
import { UsageError } from "./errors.js";
import type { Job } from "./job.js";
import { type PreparedJob, prepareJob } from "./job-spec.js";
import { isoTime } from "./time.js";

/** What an edit may change; a `runAt` of null is now. */
export type JobDescription = Pick<
  PreparedJob,
  "command" | "queue" | "priority" | "maxRetries" | "timeoutMs" | "backoffBase" | "cwd" | "env" | "tags" | "runAt"
>;

/** As JSON has them, in the order in which they are shown. */
const KEYS = [
  ...["id", "command", "queue", "priority", "max_retries", "timeout", "backoff_base", "run_at", "delay", "cwd", "env"],
  "tags",
];

export function describeJob(job: Job): Record<string, unknown> {
  return {
    command: job.command,
    queue: job.queue,
    priority: job.priority,
    ...(job.maxRetries === null ? {} : { max_retries: job.maxRetries }),
    ...(job.timeoutMs === null ? {} : { timeout: formatDuration(job.timeoutMs) }),
    ...(job.backoffBase === null ? {} : { backoff_base: job.backoffBase }),
    // A dead job is due when it is revived.
    ...(job.state === "dead" ? {} : { run_at: isoTime(job.runAt) }),
    cwd: job.cwd,
    env: job.env,
    tags: job.tags,
  };
}

/** With the rules of `enqueue`; directories are relative to the job's own. @throws UsageError */
export function prepareEdit(job: Job, description: unknown, now: number): JobDescription {
  const isObject = typeof description === "object" && description !== null && !Array.isArray(description);
  const spec = isObject ? { id: job.id, ...description } : description;
  const { id, ...prepared } = prepareJob(spec, { cwd: job.cwd, now });
  const other = Object.keys(spec as object).find((key) => !KEYS.includes(key));
  if (other !== undefined) {
    throw new UsageError(`"${other}" cannot be edited`, `what can be is: ${KEYS.slice(1).join(", ")}`);
  }
  if (id === job.id) return prepared;
  throw new UsageError(`"id" is ${JSON.stringify(id)}: a job keeps its id`, `leave it out, or leave it ${job.id}`);
}

const TEXTS = ["id", "command", "queue", "run_at", "delay", "timeout", "cwd"];

/**
 * The description with settings such as `priority=5`: texts as they are, tags also as a list with commas, all else as JSON.
 * @throws UsageError one has no `=`
 */
export function withSettings(
  description: Readonly<Record<string, unknown>>,
  settings: readonly string[],
): Record<string, unknown> {
  const result = { ...description };
  for (const setting of settings) {
    const [, name, text = ""] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    if (name === undefined) {
      throw new UsageError(`--set is ${JSON.stringify(setting)}`, "give a key and a value: --set priority=5");
    }
    const key = name.replaceAll("-", "_");
    if (key === "delay") delete result.run_at;
    result[key] = TEXTS.includes(key) ? text : jsonOrText(key, text);
  }
  return result;
}

function jsonOrText(key: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return key === "tags" ? text.split(",").filter((tag) => tag !== "") : text;
  }
}
