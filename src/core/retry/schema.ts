/** The keys of a job for its retries and time limits. A policy has the same keys. */
import * as v from "valibot";
import { UsageError } from "../errors.js";
import { parseDuration } from "../text/duration.js";
import { duration, integer } from "../text/schema-parts.js";
import { BACKOFF_KINDS } from "./backoff.js";
import type { ExitCodeRules } from "./exit-codes.js";
import type { RetryOptions } from "./policy.js";

const exitCodes = v.pipe(
  v.array(
    v.pipe(
      v.number("must be a list of exit codes"),
      v.check((code) => code !== 0, "is success, which is neither tried again nor final"),
      v.check((code) => Number.isInteger(code) && code > 0 && code <= 255, "must be an exit code, 1 to 255"),
    ),
    "must be a list of exit codes",
  ),
  v.check((codes) => codes.length > 0, "must name an exit code"),
);
const decimal = (max: number) =>
  v.pipe(v.number("must be a number"), v.minValue(0, "must be at least 0"), v.maxValue(max, `must be at most ${max}`));

/** Elsewhere the key has the number. */
function backoffProblem(input: unknown): string {
  const kinds = `must be ${BACKOFF_KINDS.join(" or ")}`;
  return Number.isFinite(Number(input)) ? `${kinds}, and "backoff_base" has the number` : kinds;
}

export const retryEntries = {
  max_retries: v.optional(integer(1, 1_000_000)),
  backoff: v.optional(v.picklist(BACKOFF_KINDS, ({ input }) => backoffProblem(input))),
  backoff_base: v.optional(decimal(1000)),
  backoff_max: v.optional(duration),
  jitter: v.optional(decimal(1)),
  retry_on: v.optional(exitCodes),
  no_retry_on: v.optional(exitCodes),
  snooze_on: v.optional(exitCodes),
  snooze_delay: v.optional(duration),
  timeout: v.optional(duration),
  deadline: v.optional(duration),
};

const retrySpec = v.object(retryEntries);
export type RetrySpec = v.InferOutput<typeof retrySpec>;

/** The options of the spec, except `max_retries` and `backoff_base`. Undefined: it has none. @throws UsageError */
export function retryOptions(spec: RetrySpec): RetryOptions | undefined {
  const { backoff, backoff_max, jitter, retry_on, no_retry_on, snooze_on, snooze_delay } = spec;
  const given = {
    backoff,
    backoffMaxMs: backoff_max === undefined ? undefined : parseDuration(backoff_max, '"backoff_max"'),
    jitter,
    retryOn: retry_on && [...new Set(retry_on)],
    noRetryOn: no_retry_on && [...new Set(no_retry_on)],
    snoozeOn: snooze_on && [...new Set(snooze_on)],
    snoozeDelayMs: snooze_delay === undefined ? undefined : checkSnoozeDelay(snooze_delay),
  };
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  if (said.length === 0) return undefined;
  const retry: RetryOptions = Object.fromEntries(said);
  checkDisjoint(retry);
  return retry;
}

/** Keeps a job that snoozes after every attempt from running all the time. */
const SHORTEST_SNOOZE_MS = 100;

function checkSnoozeDelay(text: string | number): number {
  const ms = parseDuration(text, '"snooze_delay"');
  if (ms >= SHORTEST_SNOOZE_MS) return ms;
  throw new UsageError(`"snooze_delay" is ${JSON.stringify(text)}: it must be at least ${SHORTEST_SNOOZE_MS}ms`);
}

/** @throws UsageError if an exit code is in two lists */
export function checkDisjoint({ retryOn, noRetryOn, snoozeOn }: ExitCodeRules): void {
  const listOf = new Map<number, string>();
  for (const [name, codes = []] of Object.entries({ retry_on: retryOn, no_retry_on: noRetryOn, snooze_on: snoozeOn })) {
    for (const code of codes) {
      const other = listOf.get(code) ?? name;
      if (other !== name) throw new UsageError(`"${name}" has the exit code ${code}, which "${other}" has too`);
      listOf.set(code, name);
    }
  }
}

/** @throws UsageError */
export function deadlineMs({ deadline }: Pick<RetrySpec, "deadline">): number | null {
  if (deadline === undefined) return null;
  const ms = parseDuration(deadline, '"deadline"');
  if (ms > 0) return ms;
  throw new UsageError('"deadline" is 0: it must be more than 0');
}
