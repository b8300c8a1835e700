/**
 * Waiting for a database that somebody else has locked. SQLite's own wait blocks the event loop, and its naps grow fast while
 * a commit takes less than a millisecond, so it is kept short (see {@link SQLITE_WAIT_MS}); above it we wait here, where
 * timers, signals and heartbeats go on, with a random pause so that those who wait do not come back together. This is real
 * time, not the injected clock: it is about I/O.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { StoreBusyError } from "../../core/errors.js";
import { isBusy } from "./errors.js";

/** How long one call may block inside SQLite. */
export const SQLITE_WAIT_MS = 3;

const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 20;

export interface BusyPolicy {
  readonly path: string;
  readonly timeoutMs: number;
}

/** Runs `attempt` until it finds the database unlocked. It must not leave anything behind when it throws. */
export async function whileBusy<T>(policy: BusyPolicy, attempt: () => T): Promise<T> {
  // Asked only once it matters: making `performance` costs a short command milliseconds.
  let start: number | undefined;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      start ??= performance.now();
      const waited = performance.now() - start;
      if (waited >= policy.timeoutMs) throw new StoreBusyError(policy.path, waited, error);
      await sleep(pause * (0.5 + Math.random()));
    }
  }
}
