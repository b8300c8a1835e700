/**
 * Decides how many jobs a worker claims ahead, going by time: as many as its slots will begin within a moment, if the
 * next ones take as long as the last ones. Long jobs are never claimed ahead. Pure.
 */
import { alwaysAhead } from "../../system/failpoint.js";

/** Time within which a job that is claimed ahead should begin, in milliseconds. */
const AHEAD_MS = 40;
const MOST_AHEAD = 12;
/** Taken for the length of a job before any has ended. Longer ones count as this, so that they are forgotten. */
const LONG_MS = 1000;
const LEAST_MS = 0.5;
/** Share of the newest job in what is expected of the next, if it was a shorter one. */
const NEWEST_SHARE = 0.1;

export class Pace {
  /** Expected length of the next job, in milliseconds. Rises at once and falls slowly. */
  #expectedMs = LONG_MS;

  /** @param tookMs length of a job that has ended, from its slot's view */
  ended(tookMs: number): void {
    const took = Math.min(Math.max(tookMs, LEAST_MS), LONG_MS);
    this.#expectedMs = Math.max(took, this.#expectedMs + (took - this.#expectedMs) * NEWEST_SHARE);
  }

  /**
   * Number of jobs that should lie ready.
   * @param runningMs how long the job of each busy slot has run; one that takes long already frees no slot soon
   * @param free number of free slots
   */
  ahead(runningMs: readonly number[], free: number): number {
    if (alwaysAhead()) return MOST_AHEAD;
    const slots = free + runningMs.filter((ms) => ms < AHEAD_MS).length;
    return Math.min(Math.floor((slots * AHEAD_MS) / this.#expectedMs), MOST_AHEAD);
  }
}
