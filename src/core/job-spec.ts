/**
 * A job as its user describes it: the JSON of `enqueue`, the flags that mean the same, and the argument of the library's
 * `enqueue`. Validation is strict: an unknown key is an error that names the nearest known one, because a misspelt
 * `max_retires` that is silently ignored is found out in production.
 */
import { resolve } from "node:path";
import * as v from "valibot";
import { parseDuration } from "./duration.js";
import { UsageError } from "./errors.js";
import { checkJobId, checkName, newJobId } from "./ids.js";
import type { CommandLine, Job } from "./job.js";
import { suggestion } from "./suggest.js";
import { parseTime } from "./time.js";

/** Linux refuses a single argument over 128 KiB; the rest is room for what we put around the command. */
const MAX_COMMAND_BYTES = 120 * 1024;
const MAX_PRIORITY = 1_000_000_000;

const text = v.pipe(
  v.string("must be a string"),
  v.check((s) => !s.includes("\0"), "contains a NUL character, which no command line can hold"),
);
const integer = (min: number, max: number) =>
  v.pipe(
    v.number("must be a number"),
    v.integer("must be a whole number"),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
  );
const duration = v.union([v.number(), v.string()], "must be a duration: seconds, or a text such as 90s or 5m");

const jobSpec = v.object({
  id: v.optional(v.string("must be a string")),
  command: v.union([text, v.pipe(v.array(text), v.minLength(1, "must name a program"))], (issue) =>
    issue.received === "undefined"
      ? "is missing"
      : typeof issue.input === "string"
        ? "contains a NUL character"
        : "must be a string, or a list of strings",
  ),
  max_retries: v.optional(integer(1, 1_000_000)),
  priority: v.optional(integer(-MAX_PRIORITY, MAX_PRIORITY)),
  queue: v.optional(v.string("must be a string")),
  run_at: v.optional(v.string("must be a time: RFC 3339, or YYYY-MM-DD HH:MM")),
  delay: v.optional(duration),
  timeout: v.optional(duration),
  backoff_base: v.optional(
    v.pipe(v.number("must be a number"), v.minValue(0, "must be at least 0"), v.maxValue(1000, "must be at most 1000")),
  ),
  cwd: v.optional(text),
  env: v.optional(
    v.record(
      v.pipe(
        v.string(),
        v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be a name of letters, digits and _, and not begin with a digit"),
      ),
      v.union(
        [text, v.pipe(v.number(), v.transform(String)), v.pipe(v.boolean(), v.transform(String))],
        "must hold texts without NUL",
      ),
      "must be an object of names and texts",
    ),
  ),
  tags: v.optional(v.array(v.string("must be a list of strings"), "must be a list of strings")),
});

/** What a user may say of a job. Durations are seconds, or texts such as `"5m"`. */
export type JobSpec = v.InferInput<typeof jobSpec>;

const KEYS = Object.keys(jobSpec.entries);

/** A job that has its id and its absolute directory; what is null is decided later, by configuration or the store's clock. */
export type PreparedJob = Pick<
  Job,
  "id" | "command" | "queue" | "priority" | "maxRetries" | "timeoutMs" | "backoffBase" | "cwd" | "env" | "tags"
> & { readonly runAt: number | null };

/**
 * Checks `input` and fills in what it leaves out.
 * @param context.cwd where relative directories begin, and the default directory
 * @param context.now what `delay` counts from
 * @throws UsageError naming the key and the value that are wrong
 */
export function prepareJob(input: unknown, context: { cwd: string; now: number }): PreparedJob {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new UsageError(`a job is a JSON object, not ${describeType(input)}`, `for example {"command":"echo hi"}`);
  }
  // To valibot a list is a record too.
  if ("env" in input && Array.isArray(input.env)) {
    throw new UsageError(
      '"env" is a list: it must be an object',
      `for example {"command":"env","env":{"NAME":"value"}}`,
    );
  }
  // Before anything else: a misspelt key is the reason why another one is missing.
  const unknown = Object.keys(input).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw new UsageError(`a job has no key ${JSON.stringify(unknown)}`, suggestion(unknown, KEYS));
  }
  const parsed = v.safeParse(jobSpec, input, { abortEarly: true, abortPipeEarly: true });
  if (!parsed.success) throw explain(parsed.issues[0]);
  const spec = parsed.output;
  return {
    id: spec.id === undefined ? newJobId() : checkJobId(spec.id),
    command: checkCommand(spec.command),
    queue: checkName("queue", spec.queue ?? "default"),
    priority: spec.priority ?? 0,
    maxRetries: spec.max_retries ?? null,
    timeoutMs: spec.timeout === undefined ? null : parseDuration(spec.timeout, '"timeout"'),
    backoffBase: spec.backoff_base ?? null,
    cwd: resolve(context.cwd, spec.cwd ?? "."),
    env: checkEnvironment(spec.env ?? {}),
    tags: [...new Set(spec.tags ?? [])].map((tag) => checkName("tag", tag)),
    runAt: runAt(spec, context.now),
  };
}

function runAt(spec: Pick<JobSpec, "run_at" | "delay">, now: number): number | null {
  if (spec.run_at !== undefined && spec.delay !== undefined) {
    throw new UsageError('"run_at" and "delay" both say when to run', "give one of them");
  }
  if (spec.run_at !== undefined) return parseTime(spec.run_at, '"run_at"');
  return spec.delay === undefined ? null : now + parseDuration(spec.delay, '"delay"');
}

function checkCommand(command: CommandLine): CommandLine {
  const bytes = Buffer.byteLength(typeof command === "string" ? command : command.join("\0"));
  if (bytes > MAX_COMMAND_BYTES) {
    throw new UsageError(
      `"command" is ${Math.ceil(bytes / 1024)} KiB long; the longest that can be run is ${MAX_COMMAND_BYTES / 1024} KiB`,
      "put it into a script file and enqueue that",
    );
  }
  const blank = typeof command === "string" ? command.trim() === "" : command[0] === "";
  if (blank) throw new UsageError('"command" is empty', `for example {"command":"echo hi"}`);
  return command;
}

function checkEnvironment(env: Record<string, string>): Record<string, string> {
  const bytes = Object.entries(env).reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  if (bytes <= MAX_COMMAND_BYTES) return env;
  throw new UsageError(
    `"env" holds ${Math.ceil(bytes / 1024)} KiB; the most that can be passed on is ${MAX_COMMAND_BYTES / 1024} KiB`,
    "put large values into a file and pass its path",
  );
}

function explain(issue: v.BaseIssue<unknown>): UsageError {
  const path = (issue.path ?? []).map((item) => String(item.key));
  if (issue.received === "undefined")
    return new UsageError(`${JSON.stringify(path.join("."))} is missing`, `for example {"command":"echo hi"}`);
  const value = typeof issue.input === "string" ? JSON.stringify(issue.input) : issue.received;
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return new UsageError(`${JSON.stringify(path.join("."))} is ${shown}: it ${issue.message}`);
}

function describeType(input: unknown): string {
  return input === null ? "null" : Array.isArray(input) ? "a list" : `a ${typeof input}`;
}
