/**
 * Turns the flags of a job into the equivalent JSON: `--max-retries 3` is `"max_retries": 3`. A flag's name is the name
 * of the command's field. Most values are the typed text; the exceptions are listed below.
 */
import { UsageError } from "../../core/errors.js";
import type { JobSpecJson } from "../../core/job/spec.js";
import { parseDecimal, parseWhole } from "../../core/text/number.js";

export const RETRY_FLAGS = [
  ...["maxRetries", "timeout", "deadline", "backoff", "backoffBase", "backoffMax", "jitter"],
  ...["retryOn", "noRetryOn", "snoozeOn", "snoozeDelay"],
] as const;

/** For a job template, besides the retry flags. */
export const TEMPLATE_FLAGS = [
  ...["command", "cwd", "env", "queue", "priority", "tags", "unique", "onConflict", "limitKey", "limit", "policy"],
  ...["nice", "memory", "cpuTime", "onCompleted", "onFailed", "onDead", "webhookUrl", "webhookEvents"],
] as const;

/** For a single job, besides all of those. */
export const ONE_JOB_FLAGS = ["id", "runAt", "delay", "after", "onUnmet"] as const;

type FlagName = (typeof RETRY_FLAGS | typeof TEMPLATE_FLAGS | typeof ONE_JOB_FLAGS)[number];
type FlagValue = string | readonly string[];

/** The given flags. `argv`: a command to run without a shell, in place of `command`. */
export type JobFlags = { readonly [name in FlagName | "argv"]?: FlagValue };

/** The flags that have a value. */
export function taken<Name extends string>(
  from: { readonly [name in Name]: FlagValue | undefined },
  names: readonly Name[],
): { readonly [name in Name]?: FlagValue } {
  const pairs = names.map((name) => [name, from[name]] as const).filter(([, value]) => value !== undefined);
  return Object.fromEntries(pairs) as { [name in Name]?: FlagValue };
}

const BILLION = 1_000_000_000;

/** Parsers for flags whose JSON value is not text. */
const PARSERS: Readonly<Record<string, (text: string, flag: string) => unknown>> = {
  max_retries: (text, flag) => parseWhole(text, flag, 1, 1_000_000),
  priority: (text, flag) => parseWhole(text, flag, -BILLION, BILLION),
  limit: (text, flag) => parseWhole(text, flag, 1, 1_000_000),
  nice: (text, flag) => parseWhole(text, flag, -20, 19),
  backoff_base: parseDecimal,
  jitter: parseDecimal,
  retry_on: exitCodes,
  no_retry_on: exitCodes,
  snooze_on: exitCodes,
  webhook_events: (text) => text.split(","),
};

/** @throws UsageError naming a flag without a number, exit codes or `K=V` */
export function specFromFlags({ argv, ...flags }: JobFlags): JobSpecJson {
  const spec = Object.entries(flags).map(([name, value]) => {
    const key = keyOf(name);
    if (key === "env") return [key, Object.fromEntries((value as readonly string[]).map(assignment))];
    return [key, PARSERS[key]?.(value as string, flagOf(key)) ?? value];
  });
  return { ...Object.fromEntries(spec), ...(argv && { command: argv }) };
}

/** The JSON key of a flag: `max_retries` for `maxRetries`. */
export function keyOf(flag: string): string {
  return flag.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The flag of a JSON key: `--max-retries` for `max_retries`. */
export function flagOf(key: string): string {
  return key === "tags" ? "--tag" : `--${key.replaceAll("_", "-")}`;
}

/** An error about a key of the job, in terms of flags and of the command after `--`. */
export function inTermsOfFlags(error: unknown, { argv }: JobFlags = {}): unknown {
  if (!(error instanceof UsageError)) return error;
  const message = error.message
    .replace(/^"command(?:\.\d+)?"/, argv === undefined ? "--command" : "the command after --")
    .replace(/^"run_at" and "delay"/, "--run-at and --delay")
    .replace(/^"limit_key" and "limit"/, "--limit-key and --limit")
    .replace(/^"env\.[^"]*"/, "--env")
    .replace(/^"(?:retry_on|no_retry_on|snooze_on)\.[^"]*"/, (path) => `"${path.slice(1, path.indexOf("."))}"`)
    .replace(/^"([a-z_]+)"|(?<=, which )"([a-z_]+)"(?= has too$)|(?<=, and )"([a-z_]+)"(?= has the number$)/g, (name) =>
      flagOf(name.slice(1, -1)),
    );
  return new UsageError(message, /^for example ["{]/.test(error.hint ?? "") ? undefined : error.hint);
}

function assignment(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new UsageError(`--env is ${JSON.stringify(text)}`, "give a name and a value: --env NAME=VALUE");
}

function exitCodes(text: string, flag: string): number[] {
  const codes = text.split(",").map((code) => (/^\s*\d+\s*$/.test(code) ? Number(code) : Number.NaN));
  if (codes.every((code) => code <= 255)) return codes;
  throw new UsageError(`${flag} is ${JSON.stringify(text)}`, "give exit codes, 1 to 255: 1,75");
}
