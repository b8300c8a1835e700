/**
 * When a worker has done enough and makes room for a new one. This cures a leak, in our program or in a library, before
 * it hurts.
 */
import { formatSize } from "../core/text/size.js";

export interface RecyclingLimits {
  /** Jobs after which it leaves. Null: no limit. */
  readonly maxJobs: number | null;
  /** Memory above which it leaves, in bytes, checked when a job begins or ends. Null: no limit. */
  readonly maxRssBytes: number | null;
}

/** Number of jobs that it may still start. */
export function jobsLeft({ maxJobs }: RecyclingLimits, ran: number): number {
  return maxJobs === null ? Number.POSITIVE_INFINITY : Math.max(0, maxJobs - ran);
}

/** Why it leaves now. Null: it stays. */
export function reasonToLeave(limits: RecyclingLimits, ran: number, rssBytes: () => number): string | null {
  if (jobsLeft(limits, ran) === 0) return `it has run ${ran} ${ran === 1 ? "job" : "jobs"}`;
  if (limits.maxRssBytes === null) return null;
  const rss = rssBytes();
  return rss > limits.maxRssBytes ? `it uses ${formatSize(mebibytes(rss))} of memory` : null;
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 1024 ** 2) * 1024 ** 2;
}

/** Remembers that a worker makes room for a new one. That is no stop: running jobs end as usual. */
export class Recycler {
  readonly #limits: RecyclingLimits;
  #why: string | null = null;
  #said = false;

  constructor(limits: RecyclingLimits) {
    this.#limits = limits;
  }

  /** Whether it claims no more jobs. */
  get leaving(): boolean {
    return this.#why !== null;
  }

  /** @param ran number of jobs that it has started */
  look(ran: number): void {
    this.#why ??= reasonToLeave(this.#limits, ran, () => process.memoryUsage.rss());
  }

  /** Calls `say` once, with the reason. */
  announce(say: (why: string) => void): void {
    if (this.#why === null || this.#said) return;
    this.#said = true;
    say(this.#why);
  }
}
