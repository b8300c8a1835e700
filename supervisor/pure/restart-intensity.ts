/**
 * When a member gets a new worker after a crash: the delays for crashes in a row, and the restart intensity (OTP's
 * name) above which restarting does not help. Pure data and functions. A crash is any exit that the worker did not
 * announce.
 */
import type { Member } from "./state.js";

/** The first crash in a row costs no delay: most are accidents. */
const DELAYS_MS = [0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000] as const;
/** Workers that crashed together do not return together. Share of the delay, 0 to 1. */
export const RESTART_JITTER = 0.2;
/** A worker that lived this long is healthy, and its member counts anew. */
export const HEALTHY_MS = 60_000;

/** If more workers crash within the window, the pool is degraded. */
const MAX_CRASHES = 20;
const CRASH_WINDOW_MS = 60_000;
/** Interval at which a degraded pool tries one worker. */
export const PROBE_EVERY_MS = 30_000;
/** A pool that stays degraded this long gives up. */
export const DEGRADED_LIMIT_MS = 300_000;
/** EX_SOFTWARE of sysexits.h. */
export const GAVE_UP_EXIT_CODE = 70;

/** Delay before the next worker of a member, in milliseconds, after its `failures`th crash in a row (from 1). */
export function restartDelay(failures: number): number {
  return DELAYS_MS[Math.min(failures, DELAYS_MS.length) - 1] ?? 0;
}

/** Crashes in a row, including the one at `now`. */
export function failuresAfter(member: Member, now: number): number {
  const readyAt = member.worker?.readyAt ?? null;
  return readyAt !== null && now - readyAt >= HEALTHY_MS ? 1 : member.failures + 1;
}

/** The crashes within the window, including a new one at `now`. */
export function recordCrash(crashes: readonly number[], now: number): readonly number[] {
  return [...crashes.filter((at) => now - at < CRASH_WINDOW_MS), now];
}

export function isStorm(crashes: readonly number[]): boolean {
  return crashes.length > MAX_CRASHES;
}
