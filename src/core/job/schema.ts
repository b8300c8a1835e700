/** What each key of a job may hold, taken alone. `spec.ts` checks the keys together. */
import * as v from "valibot";
import { DEPENDENCY_CONDITIONS } from "../dependency/dependency.js";
import { retryEntries } from "../retry/schema.js";
import { duration, integer, text } from "../text/schema-parts.js";
import { resourceEntries } from "./resources.js";

const MAX_PRIORITY = 1_000_000_000;
/** Long enough for a cache or lock key, short enough for an index. */
const MAX_KEY_CHARACTERS = 200;

const key = v.pipe(
  text,
  v.minLength(1, "must not be empty"),
  v.maxLength(MAX_KEY_CHARACTERS, `must have at most ${MAX_KEY_CHARACTERS} characters`),
);
const dependency = v.strictObject({ job: v.string(), when: v.optional(v.picklist(DEPENDENCY_CONDITIONS)) });

const hookCommand = v.union(
  [text, v.pipe(v.array(text), v.minLength(1, "must name a program"))],
  "must be a command: a string, or a list of strings",
);

/** What to do with a job whose unique key an unfinished job holds. */
export const UNIQUE_CONFLICTS = ["skip", "replace", "reject"] as const;
export type UniqueConflict = (typeof UNIQUE_CONFLICTS)[number];

export const jobSpec = v.object({
  id: v.optional(v.string("must be a string")),
  command: v.union([text, v.pipe(v.array(text), v.minLength(1, "must name a program"))], (issue) =>
    issue.received === "undefined"
      ? "is missing"
      : typeof issue.input === "string"
        ? `contains ${issue.input.includes("\0") ? "a NUL character" : "half of a surrogate pair, which is no character"}`
        : "must be a string, or a list of strings",
  ),
  priority: v.optional(integer(-MAX_PRIORITY, MAX_PRIORITY)),
  queue: v.optional(v.string("must be a string")),
  run_at: v.optional(v.string("must be a time: RFC 3339, or YYYY-MM-DD HH:MM")),
  delay: v.optional(duration),
  cwd: v.optional(text),
  env: v.optional(
    v.record(
      v.pipe(v.string(), v.regex(/^[^=\s\0]+$/, "must be a name without spaces and =")),
      v.union(
        [text, v.pipe(v.number(), v.transform(String)), v.pipe(v.boolean(), v.transform(String))],
        "must hold texts without NUL",
      ),
      "must be an object of names and texts",
    ),
  ),
  tags: v.optional(v.array(v.string("must be a list of strings"), "must be a list of strings")),
  ref: v.optional(key),
  after: v.optional(
    v.union(
      [v.string(), v.array(v.union([v.string(), dependency]))],
      'must be a list of jobs: "ID", "ID:fail", "ID:any", or {"job":"ID","when":"ok"}',
    ),
  ),
  on_unmet: v.optional(v.picklist(["bury", "hold"], "must be bury or hold")),
  unique: v.optional(key),
  on_conflict: v.optional(v.picklist(UNIQUE_CONFLICTS, `must be ${UNIQUE_CONFLICTS.join(", ")}`)),
  limit_key: v.optional(
    v.pipe(
      key,
      v.check((name) => !name.startsWith("_"), "begins with _, which is reserved for internal keys"),
    ),
  ),
  limit: v.optional(integer(1, 1_000_000)),
  on_completed: v.optional(hookCommand),
  on_failed: v.optional(hookCommand),
  on_dead: v.optional(hookCommand),
  webhook_url: v.optional(text),
  webhook_events: v.optional(v.array(v.string("must be a list of events"), "must be a list of events")),
  ...retryEntries,
  policy: v.optional(v.string("must be a string")),
  ...resourceEntries,
});

/** A job as a user describes it. Durations are seconds, or texts such as `"5m"`. */
export type JobSpecJson = v.InferInput<typeof jobSpec>;

export const JOB_KEYS = Object.keys(jobSpec.entries);

/** The first mistake is all that an error names. */
export const ABORT_EARLY = { abortEarly: true, abortPipeEarly: true } as const;

const entries: ReadonlyMap<string, v.GenericSchema> = new Map(Object.entries(jobSpec.entries));

/**
 * What {@link jobSpec} makes of `input`, by the schemas of the given keys alone: few of the many are given, and a file
 * may hold a million jobs. Null: a key is unknown, missing or wrong; the whole schema says which.
 */
export function parseGiven(input: object): v.InferOutput<typeof jobSpec> | null {
  if (!("command" in input)) return null;
  const spec: { command?: unknown; [key: string]: unknown } = {};
  let key: keyof typeof input;
  for (key in input) {
    const entry = entries.get(key);
    const parsed = entry && v.safeParse(entry, input[key], ABORT_EARLY);
    if (!parsed?.success) return null;
    spec[key] = parsed.output;
  }
  return spec as v.InferOutput<typeof jobSpec>;
}
