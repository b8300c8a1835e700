/**
 * What decides whether and when a job that failed is tried again. A job says of it what it likes, a policy that it names says
 * more, and the configuration the rest: each of them is laid over the next.
 */
import type { BackoffKind, BackoffPolicy } from "./backoff.js";
import { type ExitCodeRules, overrule } from "./exit-codes.js";

/** Everything, so that nothing is left open. */
export interface RetryPolicy {
  readonly maxRetries: number;
  readonly backoff: BackoffPolicy;
  readonly exitCodes?: ExitCodeRules;
  /** How long a job waits that asked to be run later; absent: {@link SNOOZE_MS}. */
  readonly snoozeMs?: number;
}

/** Some of it. */
export interface RetryOptions extends ExitCodeRules {
  readonly maxRetries?: number | null;
  readonly backoff?: BackoffKind;
  readonly backoffBase?: number | null;
  readonly backoffMaxMs?: number;
  readonly jitter?: number;
  readonly snoozeMs?: number;
}

/** Wishes that many jobs share by naming them. */
export interface NamedPolicy extends RetryOptions {
  readonly timeoutMs?: number;
  /** A job takes it along when it is enqueued, since its time counts from then. */
  readonly deadlineMs?: number;
}

export const SNOOZE_MS = 60_000;

export function overlay(wishes: RetryOptions, policy: RetryPolicy): RetryPolicy {
  const { backoff } = policy;
  const kind = wishes.backoff ?? backoff.kind;
  const snoozeMs = wishes.snoozeMs ?? policy.snoozeMs;
  const exitCodes = overrule(wishes, policy.exitCodes ?? {});
  return {
    maxRetries: wishes.maxRetries ?? policy.maxRetries,
    backoff: {
      ...(kind && { kind }),
      base: wishes.backoffBase ?? backoff.base,
      maxMs: wishes.backoffMaxMs ?? backoff.maxMs,
      jitter: wishes.jitter ?? backoff.jitter,
    },
    ...(Object.keys(exitCodes).length > 0 && { exitCodes }),
    ...(snoozeMs !== undefined && { snoozeMs }),
  };
}

/** The same as wishes, with nothing left open. */
export function asWishes({ maxRetries, backoff, exitCodes, snoozeMs = SNOOZE_MS }: RetryPolicy) {
  const { kind = "exponential", base, maxMs, jitter } = backoff;
  return { maxRetries, backoff: kind, backoffBase: base, backoffMaxMs: maxMs, jitter, ...exitCodes, snoozeMs };
}
