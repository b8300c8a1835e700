/** Points in time as text: how long ago, or how soon. */
import { humanDuration } from "../../core/text/duration.js";
import { localTime } from "../../core/text/time.js";

/** `5m 2s ago`, `in 3h`, `now`. */
export function relativeTime(ms: number, now: number): string {
  const distance = Math.abs(ms - now);
  if (distance < 1000) return "now";
  return ms > now ? `in ${humanDuration(distance)}` : `${humanDuration(distance)} ago`;
}

/** Local time to the second, and its distance from now. */
export function fullTime(ms: number | null, now: number): string {
  if (ms === null) return "-";
  return `${localTime(ms)} (${relativeTime(ms, now)})`;
}
