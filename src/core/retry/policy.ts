/**
 * Whether and when a failed job is retried. The job's own options are laid over its named policy, and that over the
 * configuration.
 */
import type { BackoffKind, BackoffPolicy } from "./backoff.js";
import { type ExitCodeRules, overrule } from "./exit-codes.js";

/** Complete: no value is open. */
export interface RetryPolicy {
  readonly maxRetries: number;
  readonly backoff: BackoffPolicy;
  readonly exitCodes?: ExitCodeRules;
  /** Delay of a job that asked to run later, in milliseconds. Absent: {@link SNOOZE_MS}. */
  readonly snoozeDelayMs?: number;
}

/** Partial: a missing value is open. */
export interface RetryOptions extends ExitCodeRules {
  readonly maxRetries?: number | null;
  readonly backoff?: BackoffKind;
  readonly backoffBase?: number | null;
  readonly backoffMaxMs?: number;
  readonly jitter?: number;
  readonly snoozeDelayMs?: number;
}

/** Retry options that jobs share by name. */
export interface NamedPolicy extends RetryOptions {
  readonly timeoutMs?: number;
  /** Milliseconds. Copied into a job when it is enqueued, since its time counts from then. */
  readonly deadlineMs?: number;
}

export const SNOOZE_MS = 60_000;

export function overlay(options: RetryOptions, policy: RetryPolicy): RetryPolicy {
  const { backoff } = policy;
  const kind = options.backoff ?? backoff.kind;
  const snoozeDelayMs = options.snoozeDelayMs ?? policy.snoozeDelayMs;
  const exitCodes = overrule(options, policy.exitCodes ?? {});
  return {
    maxRetries: options.maxRetries ?? policy.maxRetries,
    backoff: {
      ...(kind && { kind }),
      base: options.backoffBase ?? backoff.base,
      maxMs: options.backoffMaxMs ?? backoff.maxMs,
      jitter: options.jitter ?? backoff.jitter,
    },
    ...(Object.keys(exitCodes).length > 0 && { exitCodes }),
    ...(snoozeDelayMs !== undefined && { snoozeDelayMs }),
  };
}

/** The policy in the keys of {@link RetryOptions}, with no value open. */
export function asOptions({ maxRetries, backoff, exitCodes, snoozeDelayMs = SNOOZE_MS }: RetryPolicy) {
  const { kind = "exponential", base, maxMs, jitter } = backoff;
  return { maxRetries, backoff: kind, backoffBase: base, backoffMaxMs: maxMs, jitter, ...exitCodes, snoozeDelayMs };
}
