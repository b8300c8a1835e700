/** How long to wait before the next attempt. */

export const BACKOFF_KINDS = ["exponential", "fixed"] as const;
export type BackoffKind = (typeof BACKOFF_KINDS)[number];

export interface BackoffPolicy {
  /** Absent: exponential. */
  readonly kind?: BackoffKind;
  /** Seconds. Exponential: raised to the number of the failed attempt. Fixed: taken as they are. 0 retries at once. */
  readonly base: number;
  readonly maxMs: number;
  /** Random share of the delay, 0 to 1, added or taken away. Jobs that failed together do not return together. */
  readonly jitter: number;
}

/**
 * The delay after attempt number `attempt` (from 1), in whole milliseconds: `base^attempt` seconds, or `base` if fixed.
 * It is capped and then jittered, and the cap bounds the jittered value as well. `random` is in [0, 1).
 */
export function backoffDelay(attempt: number, policy: BackoffPolicy, random: () => number = Math.random): number {
  const seconds = policy.kind === "fixed" ? policy.base : policy.base ** attempt;
  const exact = Math.min(seconds * 1000, policy.maxMs);
  const jittered = exact * (1 + policy.jitter * (2 * random() - 1));
  return Math.round(Math.min(Math.max(jittered, 0), policy.maxMs));
}
