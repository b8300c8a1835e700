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
