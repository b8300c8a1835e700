/**
 * A job as its user describes it: the JSON of `enqueue`, its flags, and the argument of the library's `enqueue`.
 * Validation is strict. An unknown key is an error that names the nearest known one, because a misspelt `max_retires`
 * would otherwise be found out in production.
 */
import { isAbsolute, resolve } from "node:path";
import * as v from "valibot";
import { type Dependency, parseDependencies } from "../dependency/dependency.js";
import { UsageError } from "../errors.js";
import { hooksFromSpec } from "../hook/spec.js";
import { deadlineMs, retryOptions } from "../retry/schema.js";
import { parseDuration } from "../text/duration.js";
import { explain } from "../text/schema-parts.js";
import { parseTime } from "../text/time.js";
import { checkCommand, MAX_COMMAND_BYTES } from "./command.js";
import { checkJobId, checkName, checkUserQueue } from "./ids.js";
import type { Job } from "./job.js";
import { jobKeyHint } from "./key-names.js";
import { type JobOptions, NO_OPTIONS } from "./options.js";
import { resources } from "./resources.js";
import { ABORT_EARLY, JOB_KEYS, type JobSpecJson, jobSpec, parseGiven, type UniqueConflict } from "./schema.js";

export type { JobSpecJson } from "./schema.js";

/** A job with an id and an absolute directory. Null: the configuration or the store's clock decides later. */
export type PreparedJob = Pick<
  Job,
  | "id"
  | "command"
  | "queue"
  | "priority"
  | "maxRetries"
  | "timeoutMs"
  | "backoffBase"
  | "cwd"
  | "env"
  | "tags"
  | "uniqueKey"
  | "limitKey"
  | "limit"
  | "deadlineMs"
  | "onUnmet"
  | "options"
> & {
  readonly runAt: number | null;
  /** Name of the job in the `after` of other jobs of the call. */
  readonly ref: string | null;
  readonly after: readonly Dependency[];
  readonly onConflict: UniqueConflict;
};

/** The moment and the place of a call, for what a description leaves open. */
export interface PrepareContext {
  /** Start of a `delay`. */
  readonly now: number;
  /** Default directory, and the base of relative ones: absolute, without `.` and `..`. Read only when needed. */
  readonly cwd: string;
  newId(): string;
}

/**
 * Checks `input` and fills in what it leaves out.
 * @throws UsageError naming the wrong key and value
 */
export function prepareJob(input: unknown, context: PrepareContext): PreparedJob {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new UsageError(`a job is a JSON object, not ${describeType(input)}`, `for example {"command":"echo hi"}`);
  }
  if ("env" in input) checkRecord(input.env);
  const spec = parseGiven(input) ?? parseWhole(input);
  return {
    id: spec.id === undefined ? context.newId() : checkJobId(spec.id),
    command: checkCommand(spec.command, '"command"'),
    queue: checkUserQueue(spec.queue ?? "default"),
    priority: spec.priority ?? 0,
    maxRetries: spec.max_retries ?? null,
    timeoutMs: spec.timeout === undefined ? null : parseDuration(spec.timeout, '"timeout"'),
    backoffBase: spec.backoff_base ?? null,
    cwd: directory(spec.cwd, context),
    env: spec.env === undefined ? NO_ENV : checkEnvironment(spec.env),
    tags: spec.tags === undefined ? NO_TAGS : [...new Set(spec.tags)].map((tag) => checkName("tag", tag)),
    runAt: runAt(spec, context),
    deadlineMs: deadlineMs(spec),
    ref: spec.ref ?? null,
    after: spec.after === undefined ? NO_PARENTS : parseDependencies(spec.after),
    onUnmet: spec.on_unmet ?? "bury",
    options: options(spec),
    uniqueKey: spec.unique ?? null,
    onConflict: spec.on_conflict ?? "reject",
    ...limit(spec),
  };
}

/** Of jobs without them: one value for all, so that jobs of a file are quickly seen to be alike. */
const NO_ENV: PreparedJob["env"] = Object.freeze({});
const NO_TAGS: PreparedJob["tags"] = Object.freeze([]);
const NO_PARENTS: PreparedJob["after"] = Object.freeze([]);

/** For {@link parseGiven}'s null: says what is wrong. @throws UsageError */
function parseWhole(input: object): v.InferOutput<typeof jobSpec> {
  // Checked first: a misspelt key is the reason why another one is missing.
  const unknown = Object.keys(input).find((key) => !JOB_KEYS.includes(key));
  if (unknown !== undefined) {
    throw new UsageError(`a job has no key ${JSON.stringify(unknown)}`, jobKeyHint(unknown, JOB_KEYS));
  }
  const parsed = v.safeParse(jobSpec, input, ABORT_EARLY);
  if (!parsed.success) throw explain(parsed.issues[0]);
  return parsed.output;
}

function directory(cwd: string | undefined, context: PrepareContext): string {
  if (cwd === undefined) return context.cwd;
  return isAbsolute(cwd) ? resolve(cwd) : resolve(context.cwd, cwd);
}

function limit({ limit_key: key, limit }: Pick<JobSpecJson, "limit_key" | "limit">) {
  if ((key === undefined) === (limit === undefined)) return { limitKey: key ?? null, limit: limit ?? null };
  throw new UsageError('"limit_key" and "limit" belong together', 'for example "limit_key":"host-a","limit":2');
}

/** Keys that have no say in the options: most jobs have no others. */
const OTHER_KEYS: ReadonlySet<string> = new Set(["id", "command", "queue", "priority", "cwd", "env", "tags", "run_at"]);

function options(spec: v.InferOutput<typeof jobSpec>): JobOptions {
  if (Object.keys(spec).every((key) => OTHER_KEYS.has(key))) return NO_OPTIONS;
  const retry = retryOptions(spec);
  const asked = resources(spec);
  const hooks = hooksFromSpec(spec);
  const options: JobOptions = {
    ...(spec.policy !== undefined && { policy: checkName("policy", spec.policy) }),
    ...(retry && { retry }),
    ...(asked && { resources: asked }),
    ...(hooks.length > 0 && { hooks }),
  };
  return Object.keys(options).length === 0 ? NO_OPTIONS : options;
}

function runAt(spec: Pick<JobSpecJson, "run_at" | "delay">, context: PrepareContext): number | null {
  if (spec.run_at !== undefined && spec.delay !== undefined) {
    throw new UsageError('"run_at" and "delay" both say when to run', "give one of them");
  }
  if (spec.run_at !== undefined) return parseTime(spec.run_at, '"run_at"');
  return spec.delay === undefined ? null : context.now + parseDuration(spec.delay, '"delay"');
}

/** Keys that valibot silently drops from a record. */
const LEFT_OUT = ["__proto__", "prototype", "constructor"];

/** Valibot takes a list for a record too. */
function checkRecord(env: unknown): void {
  if (Array.isArray(env)) {
    throw new UsageError(
      '"env" is a list: it must be an object',
      `for example {"command":"env","env":{"NAME":"value"}}`,
    );
  }
  const name = LEFT_OUT.find((one) => Object.hasOwn(Object(env), one));
  if (name !== undefined) throw new UsageError(`"env" cannot have the name ${JSON.stringify(name)}`, "choose another");
}

function checkEnvironment(env: Record<string, string>): Record<string, string> {
  const bytes = Object.entries(env).reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  if (bytes <= MAX_COMMAND_BYTES) return env;
  throw new UsageError(
    `"env" holds ${Math.ceil(bytes / 1024)} KiB; the most allowed is ${MAX_COMMAND_BYTES / 1024} KiB`,
    "put large values into a file and pass its path",
  );
}

function describeType(input: unknown): string {
  return input === null ? "null" : Array.isArray(input) ? "a list" : `a ${typeof input}`;
}
