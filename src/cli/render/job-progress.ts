/** The progress that a job reported: `40% half way`. */

import { visible } from "../../core/text/visible.js";
import type { Job } from "../../queue/jobs/job.js";

/** Empty: it has reported none. */
export function progressText(
  { progress, progressMessage }: Pick<Job, "progress" | "progressMessage">,
  room: number,
): string {
  if (progress === null) return "";
  if (progressMessage === null) return `${progress}%`;
  const message = visible(progressMessage);
  return `${progress}% ${message.length > room ? `${message.slice(0, room)}…` : message}`;
}
