/** A policy as its user describes it, in the keys of a job for its retries and time limits. Null removes a value. */
import * as v from "valibot";
import { UsageError } from "../errors.js";
import { jobKeyHint } from "../job/key-names.js";
import { parseDuration } from "../text/duration.js";
import { explain } from "../text/schema-parts.js";
import type { NamedPolicy } from "./policy.js";
import { checkDisjoint, deadlineMs, type RetrySpec, retryEntries, retryOptions } from "./schema.js";

const policySpec = v.object(retryEntries);
export const POLICY_KEYS = Object.keys(retryEntries) as (keyof RetrySpec)[];

export type PolicySpecJson = {
  readonly [key in keyof v.InferInput<typeof policySpec>]?: v.InferInput<typeof policySpec>[key] | null;
};

const PROPERTIES = {
  max_retries: "maxRetries",
  backoff: "backoff",
  backoff_base: "backoffBase",
  backoff_max: "backoffMaxMs",
  jitter: "jitter",
  retry_on: "retryOn",
  no_retry_on: "noRetryOn",
  snooze_on: "snoozeOn",
  snooze_delay: "snoozeDelayMs",
  timeout: "timeoutMs",
  deadline: "deadlineMs",
} as const satisfies Record<keyof RetrySpec, keyof NamedPolicy>;

/** `policy` with the changes applied. @throws UsageError */
export function changePolicy(policy: NamedPolicy, changes: Readonly<Record<string, unknown>>): NamedPolicy {
  const unknown = Object.keys(changes).find((key) => !Object.hasOwn(PROPERTIES, key));
  if (unknown !== undefined) {
    throw new UsageError(`a policy has no key ${JSON.stringify(unknown)}`, jobKeyHint(unknown, POLICY_KEYS));
  }
  const taken = POLICY_KEYS.filter((key) => changes[key] === null).map((key) => PROPERTIES[key]);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null));
  const parsed = v.safeParse(policySpec, given, { abortEarly: true, abortPipeEarly: true });
  if (!parsed.success) throw explain(parsed.issues[0]);
  const { max_retries, backoff_base, timeout } = parsed.output;
  const deadline = deadlineMs(parsed.output);
  const changed: NamedPolicy = {
    ...Object.fromEntries(Object.entries(policy).filter(([name]) => !(taken as string[]).includes(name))),
    ...retryOptions(parsed.output),
    ...(max_retries !== undefined && { maxRetries: max_retries }),
    ...(backoff_base !== undefined && { backoffBase: backoff_base }),
    ...(timeout !== undefined && { timeoutMs: parseDuration(timeout, '"timeout"') }),
    ...(deadline !== null && { deadlineMs: deadline }),
  };
  checkDisjoint(changed);
  return changed;
}

/** Reads a stored policy. @throws UsageError if a field is unknown, or its value is wrong */
export function readPolicy(stored: unknown): NamedPolicy {
  if (typeof stored !== "object" || stored === null || Array.isArray(stored))
    throw new UsageError("it is not an object");
  const spec = Object.entries(stored).map(([field, value]) => {
    const key = POLICY_KEYS.find((known) => PROPERTIES[known] === field);
    if (key === undefined) throw new UsageError(`it has the unknown field ${JSON.stringify(field)}`);
    if (!field.endsWith("Ms")) return [key, value];
    if (typeof value !== "number")
      throw new UsageError(`its ${field} is ${JSON.stringify(value)}: it must be a number`);
    return [key, value / 1000];
  });
  return changePolicy({}, Object.fromEntries(spec));
}
