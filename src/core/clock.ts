/** Time as a port: wall time for what is stored, monotonic time for how long something took. Tests pass their own. */
export interface Clock {
  /** Milliseconds since the epoch, UTC. May jump. */
  now(): number;
  /** Milliseconds since some fixed moment. Never goes back. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
