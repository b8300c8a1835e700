/** The reasons why a job is not running, as JSON. */
import type { Explanation } from "../../queue/explain/facts.js";

export function explanationToJson({ job, reasons }: Explanation) {
  return { id: job.id, state: job.state, reasons };
}
