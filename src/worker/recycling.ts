/**
 * When a worker has done enough and makes room for a new one: a program that leaks, ours or a library's, is cured so before
 * anybody notices.
 */
import { formatSize } from "../core/text/size.js";

export interface RecyclingLimits {
  /** Leaves after so many jobs; null: never. */
  readonly maxJobs: number | null;
  /** Leaves when its memory, looked at when a job begins or ends, is more bytes than this; null: never. */
  readonly maxRssBytes: number | null;
}

/** How many more jobs it may start. */
export function jobsLeft({ maxJobs }: RecyclingLimits, ran: number): number {
  return maxJobs === null ? Number.POSITIVE_INFINITY : Math.max(0, maxJobs - ran);
}

/** Why it is to leave now; null: it is not. */
export function reasonToLeave(limits: RecyclingLimits, ran: number, rssBytes: () => number): string | null {
  if (jobsLeft(limits, ran) === 0) return `it has run ${ran} ${ran === 1 ? "job" : "jobs"}`;
  if (limits.maxRssBytes === null) return null;
  const rss = rssBytes();
  return rss > limits.maxRssBytes ? `it uses ${formatSize(mebibytes(rss))} of memory` : null;
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 1024 ** 2) * 1024 ** 2;
}
