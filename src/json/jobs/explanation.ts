/** Why a job is not running, as JSON shows it. */
import type { Explanation } from "../../queue/explain/facts.js";

export function explanationToJson({ job, reasons }: Explanation) {
  return { id: job.id, state: job.state, reasons };
}
