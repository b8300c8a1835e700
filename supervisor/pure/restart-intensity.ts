/**
 * When a member gets a new worker after a crash: the delays for crashes in a row, and the restart intensity (OTP's
 * name) above which restarting does not help. Pure data and functions. A crash is any exit that the worker did not
 * announce.
 *
 * SIGKILL comes from outside: a user, the kernel short of memory, or a job that kills its worker. So it is no sign that
 * the next worker would end as well, and every slot may be waiting for that one. If the worker had been ready for a
 * second, its death is no crash. A new one each second is no spin, and a job that kills its worker is charged each
 * time. A few that lived shorter are replaced without delay in each window.
 */
import type { Member, WorkerState } from "./state.js";

/** The first crash in a row costs no delay: most are accidents. */
const DELAYS_MS = [0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000] as const;
/** Workers that crashed together do not return together. Share of the delay, 0 to 1. */
export const RESTART_JITTER = 0.2;
/** A worker that lived this long is healthy, and its member counts anew. */
export const HEALTHY_MS = 60_000;
/** A ready worker that is killed after this time has not crashed. */
const PROVEN_MS = 1000;

/** If more workers crash within the window, the pool is degraded. */
const MAX_CRASHES = 20;
const CRASH_WINDOW_MS = 60_000;
/** Kills of ready workers within the window that cost no delay. */
const KILLS_WITHOUT_DELAY = MAX_CRASHES / 2;
/** Interval at which a degraded pool tries one worker. */
export const PROBE_EVERY_MS = 30_000;
/** Pause after a worker that could not start on a full disk, for example. */
export const SHORTAGE_RETRY_MS = 5000;
/** A pool that stays degraded this long gives up. */
export const DEGRADED_LIMIT_MS = 300_000;
/** EX_SOFTWARE of sysexits.h. */
export const GAVE_UP_EXIT_CODE = 70;

/** Delay before the next worker of a member, in milliseconds, after its `failures`th crash in a row (from 1). */
export function restartDelay(failures: number): number {
  return DELAYS_MS[Math.min(failures, DELAYS_MS.length) - 1] ?? 0;
}

/**
 * How a death counts. `blameless`: a kill from outside after a while, no crash. `tolerated`: a kill from outside soon
 * after the start, a crash without delay if there were few. `crash`: anything else.
 */
export function judgeDeath(
  worker: WorkerState,
  signal: string | null,
  now: number,
): "blameless" | "tolerated" | "crash" {
  const byUs = worker.silence === "aborted" || worker.silence === "killed";
  if (signal !== "SIGKILL" || byUs || worker.readyAt === null) return "crash";
  return now - worker.readyAt >= PROVEN_MS ? "blameless" : "tolerated";
}

/** Whether so few workers crashed lately that one more kill costs no delay. */
export function toleratesKill(crashes: readonly number[]): boolean {
  return crashes.length <= KILLS_WITHOUT_DELAY;
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
