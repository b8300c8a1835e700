import { oneLine } from "../../core/text/visible.js";
import type { Job } from "../../queue/jobs/job.js";

/** How a job ended that did not complete: `is dead: exited with code 1`, `was cancelled: wrong input`. */
export function endText({ state, lastError }: Pick<Job, "state" | "lastError">): string {
  // The error of a cancelled job begins with "cancelled".
  if (state === "cancelled" && lastError !== null) return `was ${oneLine(lastError)}`;
  return lastError === null ? `is ${state}` : `is ${state}: ${oneLine(lastError)}`;
}
