/**
 * Counts the attempts that ended lately, from the attempts themselves. The first look goes back over the newest ones.
 * Each later look asks for attempts that began since, and for the ones that were still running.
 */
import type { Outcome } from "../../core/job/outcome.js";
import type { Ending } from "../../store/contract/store.js";

/** Number of attempts that the first look goes back, and any look after a long pause. */
export const FARTHEST_BACK = 10_000;

const WINDOW_MS = 60_000;

const GOOD: readonly (Outcome["kind"] | null)[] = ["succeeded"];
/** Failures. Cancelled and interrupted attempts count as neither good nor bad. */
const BAD: readonly (Outcome["kind"] | null)[] = ["failed", "killed", "timed-out", "not-started", "lost"];

export interface EndedCounts {
  readonly completed: number;
  readonly failed: number;
}

export class Throughput {
  #running: readonly number[] = [];
  #newest = 0;
  #ended: readonly Ending[] = [];

  /** The query for the store. */
  get question(): { readonly running: readonly number[]; readonly newest: number } {
    return { running: this.#running, newest: this.#newest };
  }

  /** @param answer oldest first */
  learn(answer: readonly Ending[], now: number): void {
    this.#newest = answer.reduce((newest, { fence }) => Math.max(newest, fence), this.#newest);
    this.#running = answer.filter(({ outcome }) => outcome === null).map(({ fence }) => fence);
    this.#ended = [...this.#ended, ...answer].filter(({ finishedAt }) => (finishedAt ?? 0) > now - WINDOW_MS);
  }

  /** Attempts that ended in the last `ms` milliseconds, a minute at most. */
  within(ms: number, now: number): EndedCounts {
    const ended = this.#ended.filter(({ finishedAt }) => (finishedAt ?? 0) > now - ms);
    const among = (kinds: readonly unknown[]) => ended.filter(({ outcome }) => kinds.includes(outcome)).length;
    return { completed: among(GOOD), failed: among(BAD) };
  }
}
