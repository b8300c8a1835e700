/**
 * When a member whose worker died is filled again, as data: the waits in a row, and the intensity above which restarting is
 * no cure (OTP's name for it). Both are pure.
 */
import type { Member } from "./state.js";

/** The first death in a row costs no wait: most are accidents. */
const WAITS_MS = [0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000] as const;
/** So that workers which died together do not return together. */
export const RESPAWN_JITTER = 0.2;
/** A worker that lived this long is healthy, and its member starts to count anew. */
export const HEALTHY_MS = 60_000;

/** More deaths than this within the window, and the pool is degraded. */
const MAX_DEATHS = 20;
const DEATHS_WINDOW_MS = 60_000;
/** How often a degraded pool tries one worker. */
export const PROBE_EVERY_MS = 30_000;
/** A pool that stays degraded for so long gives up. */
export const DEGRADED_LIMIT_MS = 300_000;
/** EX_SOFTWARE of sysexits.h. */
export const GAVE_UP_EXIT_CODE = 70;

/** The wait before the next worker of a member that has just had its `failures`th death in a row (from 1). */
export function respawnDelay(failures: number): number {
  return WAITS_MS[Math.min(failures, WAITS_MS.length) - 1] ?? 0;
}

/** Deaths in a row, counting the one at `now`. */
export function failuresAfter(member: Member, now: number): number {
  const readyAt = member.worker?.readyAt ?? null;
  return readyAt !== null && now - readyAt >= HEALTHY_MS ? 1 : member.failures + 1;
}

/** The deaths that still count, with a new one at `now`. */
export function recordDeath(deaths: readonly number[], now: number): readonly number[] {
  return [...deaths.filter((at) => now - at < DEATHS_WINDOW_MS), now];
}

export function isStorm(deaths: readonly number[]): boolean {
  return deaths.length > MAX_DEATHS;
}
