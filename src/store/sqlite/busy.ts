/**
 * Waits for a locked database. SQLite's own wait blocks the event loop, and its pauses grow fast while a commit takes
 * less than a millisecond, so it is kept short (see {@link SQLITE_WAIT_MS}). Above that we wait here, where timers,
 * signals and heartbeats go on. Pauses are random, so that waiting processes do not come back together. This is real
 * time, not the injected clock, since it is about I/O.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { StoreBusyError } from "../../core/errors.js";
import { isBusy } from "./errors.js";

/** How long one call may block inside SQLite, in milliseconds. */
export const SQLITE_WAIT_MS = 3;

const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 20;

export interface BusyPolicy {
  readonly path: string;
  readonly timeoutMs: number;
}

/** Runs `attempt` until the database is unlocked. If `attempt` throws, it must have no effect. */
export async function whileBusy<T>(policy: BusyPolicy, attempt: () => T): Promise<T> {
  try {
    return attempt();
  } catch (error) {
    return await againWhileBusy(policy, attempt, error);
  }
}

/** As {@link whileBusy}, after a first attempt that threw `error`. */
export async function againWhileBusy<T>(policy: BusyPolicy, attempt: () => T, error: unknown): Promise<T> {
  let refusal = error;
  const start = performance.now();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    if (!isBusy(refusal)) throw refusal;
    const waited = performance.now() - start;
    if (waited >= policy.timeoutMs) throw new StoreBusyError(policy.path, waited, refusal);
    await sleep(pause * (0.5 + Math.random()));
    try {
      return attempt();
    } catch (next) {
      refusal = next;
    }
  }
}
