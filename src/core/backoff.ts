/** How long to wait before the next attempt. */

export interface BackoffPolicy {
  /** Seconds, raised to the number of the attempt that failed. 0 retries at once. */
  readonly base: number;
  readonly maxMs: number;
  /** The share of the delay, 0 to 1, by which it may randomly grow or shrink, so that what failed together does not return together. */
  readonly jitter: number;
}

/**
 * The delay in whole milliseconds after attempt number `attempt` (from 1): `base^attempt` seconds, capped, then jittered.
 * The cap bounds the jittered value as well. `random` is in [0, 1).
 */
export function backoffDelay(attempt: number, policy: BackoffPolicy, random: () => number = Math.random): number {
  const exact = Math.min(policy.base ** attempt * 1000, policy.maxMs);
  const jittered = exact * (1 + policy.jitter * (2 * random() - 1));
  return Math.round(Math.min(Math.max(jittered, 0), policy.maxMs));
}
