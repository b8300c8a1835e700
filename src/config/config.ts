/**
 * Configuration: defaults < stored (`config set`) < environment < flags, with one table of keys. A key is spelt with
 * dashes or underscores; its environment variable is `QUEUECTL_` and the key in capitals. Values are stored as their
 * user wrote them and are parsed here.
 */

import { UnusableError, UsageError } from "../core/errors.js";
import type { Job } from "../core/job/job.js";
import { type NamedPolicy, overlay, type RetryPolicy } from "../core/retry/policy.js";
import { formatDuration, parseDuration } from "../core/text/duration.js";
import { parseDecimal, parseWhole } from "../core/text/number.js";
import { formatSize, parseSize } from "../core/text/size.js";
import { suggestion } from "../core/text/suggest.js";
import { keyAdvice, keyCalled } from "./key-names.js";
import { storedPolicies } from "./stored-policies.js";

/** Most workers of a supervisor, and most slots of a worker. */
export const MOST_WORKERS = 512;

/** Value of a duration that is `none`: without end. It is a number that JSON keeps. */
export const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** Text of a retention that is 0: nothing is deleted by itself. */
const KEEP = "keep";

interface Setting {
  readonly default: number;
  readonly parse: (text: string, what: string) => number;
  /** The text of `config get`. */
  readonly format: (value: number) => string;
  /** Durations are milliseconds here and seconds in texts. Absent: a count, a factor or a number of bytes. */
  readonly unit?: "duration";
  readonly description: string;
}

const seconds = (ms: number) => (ms % 1000 === 0 ? String(ms / 1000) : formatDuration(ms));

export const SETTINGS = {
  "max-retries": {
    default: 3,
    parse: wholeNumber(1, 1_000_000),
    format: String,
    description: "attempts that a job gets in all before it is dead",
  },
  "backoff-base": {
    default: 2,
    parse: decimal(0, 1000),
    format: String,
    description: "the wait after attempt n is this to the power of n, in seconds; 0 retries at once",
  },
  "backoff-max": {
    default: 3_600_000,
    parse: parseDuration,
    format: seconds,
    unit: "duration",
    description: "the longest wait between attempts",
  },
  "backoff-jitter": {
    default: 0,
    parse: decimal(0, 1),
    format: String,
    description: "the share, 0 to 1, by which a wait randomly grows or shrinks",
  },
  "job-timeout": {
    default: 300_000,
    parse: parseDuration,
    format: seconds,
    unit: "duration",
    description: "how long an attempt may run; 0 is no limit",
  },
  "worker-poll-interval": {
    default: 1000,
    parse: atLeast(10, parseDuration),
    format: seconds,
    unit: "duration",
    description: "how often an idle worker looks for jobs by itself",
  },
  "lease-duration": {
    default: 15_000,
    parse: atLeast(1000, parseDuration),
    format: seconds,
    unit: "duration",
    description: "how long a silent worker keeps its jobs",
  },
  "grace-period": {
    default: NO_LIMIT,
    parse: (text, what) => (text.trim().toLowerCase() === "none" ? NO_LIMIT : parseDuration(text, what)),
    format: (ms) => (ms === NO_LIMIT ? "none" : seconds(ms)),
    unit: "duration",
    description: "how long running jobs may go on when the workers are stopped; none: as long as they take",
  },
  "output-limit": {
    default: 10 * 1024 * 1024,
    parse: parseSize,
    format: formatSize,
    description: "how much of each output stream of an attempt is kept",
  },
  retention: {
    default: 7 * 86_400_000,
    parse: keepOr(parseDuration),
    format: (ms) => (ms === 0 ? "0" : formatDuration(ms)),
    unit: "duration",
    description: "how long completed and cancelled jobs are kept, with their history and output; 0 keeps them forever",
  },
  "retention-dead": {
    default: 0,
    parse: keepOr(parseDuration),
    format: (ms) => (ms === 0 ? KEEP : formatDuration(ms)),
    unit: "duration",
    description: "the same for dead jobs; keep keeps them until they are deleted",
  },
  "worker-count": {
    default: 1,
    parse: wholeNumber(1, MOST_WORKERS),
    format: String,
    description: "number of workers of worker start without --count",
  },
  concurrency: {
    default: 1,
    parse: wholeNumber(1, MOST_WORKERS),
    format: String,
    description: "jobs that each worker runs at once, for worker start without --concurrency",
  },
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof SETTINGS;
export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

/** Settings that a pool reads when it starts, and not again. */
export const START_SETTINGS: readonly SettingKey[] = ["worker-count", "concurrency"];

/** Where the value of a setting comes from. */
export type Origin = "default" | "stored" | "environment" | "flag";

/** Durations in milliseconds, sizes in bytes. */
export interface Config {
  readonly values: Readonly<Record<SettingKey, number>>;
  readonly origins: Readonly<Record<SettingKey, Origin>>;
  /** By name. */
  readonly policies: ReadonlyMap<string, NamedPolicy>;
}

/** @throws UsageError naming the nearest key if there is no such key */
export function settingKey(name: string): SettingKey {
  const key = spelling(name);
  if (Object.hasOwn(SETTINGS, key)) return key as SettingKey;
  const meant = keyCalled(key);
  if (meant !== undefined) return meant;
  throw new UsageError(
    `there is no configuration key ${JSON.stringify(name)}`,
    keyAdvice(key) ?? suggestion(key, SETTING_KEYS),
  );
}

/** Dashes for underscores, dots and capitals: `maxRetries`, `worker.poll_interval`. */
function spelling(name: string): string {
  return name
    .replace(/(?<=[a-z])[A-Z]/g, "-$&")
    .toLowerCase()
    .replace(/[_.]/g, "-");
}

/** @throws UsageError if `text` is no value for `key` */
export function parseSetting(key: SettingKey, text: string, what: string = key): number {
  return SETTINGS[key].parse(text, what);
}

export function formatSetting(key: SettingKey, value: number): string {
  return SETTINGS[key].format(value);
}

export function environmentName(key: SettingKey): string {
  return `QUEUECTL_${key.toUpperCase().replaceAll("-", "_")}`;
}

export interface ConfigSources {
  readonly stored?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly flags?: Partial<Readonly<Record<SettingKey, number>>>;
}

/** @throws UnusableError naming the source of an unusable value */
export function resolveConfig({ stored = {}, env = {}, flags = {} }: ConfigSources): Config {
  const values = {} as Record<SettingKey, number>;
  const origins = {} as Record<SettingKey, Origin>;
  for (const key of SETTING_KEYS) {
    const fromEnv = env[environmentName(key)];
    const flag = flags[key];
    if (flag !== undefined) [values[key], origins[key]] = [flag, "flag"];
    else if (fromEnv !== undefined && fromEnv !== "")
      [values[key], origins[key]] = [inForce(key, fromEnv, environmentName(key)), "environment"];
    else if (stored[key] !== undefined) [values[key], origins[key]] = [inForce(key, stored[key], key), "stored"];
    else [values[key], origins[key]] = [SETTINGS[key].default, "default"];
  }
  const policies = storedPolicies(stored).usable;
  return Object.freeze({ values: Object.freeze(values), origins: Object.freeze(origins), policies });
}

/** A value that was not typed in this call. If it is wrong, the environment is at fault and not the call. */
function inForce(key: SettingKey, text: string, source: string): number {
  try {
    return parseSetting(key, text, source);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UnusableError(`the configuration cannot be used: ${error.message}`, error.hint, error);
  }
}

/** The policy for a job that leaves values open. A named policy that was removed adds nothing. */
export function retryPolicy({ values, policies }: Config, name?: string): RetryPolicy {
  const configured = {
    maxRetries: values["max-retries"],
    backoff: { base: values["backoff-base"], maxMs: values["backoff-max"], jitter: values["backoff-jitter"] },
  };
  const policy = name === undefined ? undefined : policies.get(name);
  return policy === undefined ? configured : overlay(policy, configured);
}

/** Time limit of an attempt in milliseconds; 0 means no limit. */
export function timeoutOf({ timeoutMs, options }: Pick<Job, "timeoutMs" | "options">, config: Config): number {
  const policy = options.policy === undefined ? undefined : config.policies.get(options.policy);
  return timeoutMs ?? policy?.timeoutMs ?? config.values["job-timeout"];
}

/** Who set the time limit: the job, its policy, or where the setting `job-timeout` comes from. */
export function timeoutOrigin(
  { timeoutMs, options }: Pick<Job, "timeoutMs" | "options">,
  config: Config,
): Origin | "job" | "policy" {
  if (timeoutMs !== null) return "job";
  const policy = options.policy === undefined ? undefined : config.policies.get(options.policy);
  return policy?.timeoutMs === undefined ? config.origins["job-timeout"] : "policy";
}

function wholeNumber(min: number, max: number) {
  return (text: string, what: string) => parseWhole(text, what, min, max);
}

function decimal(min: number, max: number) {
  return (text: string, what: string) => parseDecimal(text, what, min, max);
}

function keepOr(parse: typeof parseDuration) {
  return (text: string, what: string): number => (text.trim().toLowerCase() === KEEP ? 0 : parse(text, what));
}

function atLeast(minMs: number, parse: typeof parseDuration) {
  return (text: string, what: string): number => {
    const ms = parse(text, what);
    if (ms >= minMs) return ms;
    throw new UsageError(`${what} is ${JSON.stringify(text)}`, `the shortest is ${formatDuration(minMs)}`);
  };
}
