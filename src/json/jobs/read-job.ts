/**
 * Reads the JSON of a job for `enqueue`, which may be a printed job. Values that the queue decides are dropped and
 * named. Values that the job had left to its policy and the configuration are dropped too. Null means left out.
 */
import { UsageError } from "../../core/errors.js";
import { JOB_KEYS } from "../../core/job/schema.js";

/** Keys of a printed job that a description cannot have. */
const DECIDED_BY_QUEUE: readonly string[] = [
  ...["state", "attempts", "exit_code", "signal", "last_error", "worker_id", "result", "progress", "progress_message"],
  ...[
    "created_at",
    "updated_at",
    "started_at",
    "finished_at",
    "duration_ms",
    "deadline_at",
    "schedule",
    "scheduled_at",
    "dependents",
  ],
  ...["history", "stdout", "stderr", "created", "elapsed_ms"],
];

const JOB_KEY_SET: ReadonlySet<string> = new Set(JOB_KEYS);

export interface ReadJob {
  /** For `prepareJob`, which checks the rest. */
  readonly spec: unknown;
  /** Keys with a value that the queue decides. */
  readonly ignored: readonly string[];
}

/** @throws UsageError */
export function readJob(value: unknown): ReadJob {
  if (!isObject(value) || isDescription(value)) return { spec: value, ignored: [] };
  const { inherited, ...given } = value;
  const leftOpen = inherited ?? {};
  if (!isObject(leftOpen)) {
    throw new UsageError(`"inherited" is ${JSON.stringify(inherited)}: it must be an object`, "leave it out");
  }
  const entries = Object.entries(given);
  const kept = entries.filter(
    ([key, of]) =>
      !isDecidedByQueue(key) && !isNull(key, of) && !(Object.hasOwn(leftOpen, key) && isSame(of, leftOpen[key])),
  );
  const spec = kept.map(([key, of]) => [key, key === "after" ? withoutStatus(of) : of]);
  return {
    spec: Object.fromEntries(spec),
    ignored: entries.filter(([key, of]) => isDecidedByQueue(key) && !isEmpty(of)).map(([key]) => key),
  };
}

/** Whether nothing is to be dropped. Most jobs of a file are like this. */
function isDescription(value: Readonly<Record<string, unknown>>): boolean {
  for (const key in value) if (!JOB_KEY_SET.has(key) || value[key] === null || key === "after") return false;
  return true;
}

function isDecidedByQueue(key: string): boolean {
  return DECIDED_BY_QUEUE.includes(key);
}

/** A job without a command is no job. */
function isNull(key: string, value: unknown): boolean {
  return value === null && key !== "command" && JOB_KEYS.includes(key);
}

function isSame(value: unknown, other: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(other);
}

/** Dependencies as they were asked for. If one is met, and its parent was deleted since, it is left out. */
function withoutStatus(after: unknown): unknown {
  if (!Array.isArray(after)) return after;
  return after
    .filter((one) => !(isObject(one) && one.status === "met" && one.state === null))
    .map((one) => {
      if (!isObject(one)) return one;
      const { status, state, ...dependency } = one;
      return dependency;
    });
}

function isEmpty(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
