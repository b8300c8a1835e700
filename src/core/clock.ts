/**
 * Time as a port. Wall time is what the store keeps; monotonic time measures how long something took. Tests pass their
 * own clock.
 */
export interface Clock {
  /** Milliseconds since the epoch, UTC. May jump. */
  now(): number;
  /** Milliseconds since a fixed moment. Never goes back. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
