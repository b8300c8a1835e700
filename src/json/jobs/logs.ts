/** The output of an attempt as JSON. */
import type { Attempt, Job } from "../../queue/jobs/job.js";

/** The requested streams. */
export interface Streams {
  readonly stdout?: string;
  readonly stderr?: string;
}

/** The last line of `logs -f`: how the job has ended. */
export function jobEndToJson({ id, state, exitCode, signal }: Job) {
  return { event: "end", id, state, exit_code: exitCode, signal };
}

/** The last line of `logs -f --attempt N`. */
export function attemptEndToJson({ jobId, attempt, outcome, exitCode, signal }: Attempt) {
  return { event: "end", id: jobId, attempt, outcome, exit_code: exitCode, signal };
}

/** @param attempt null: the job has not run */
export function logsToJson(id: string, attempt: number | null, streams: Streams) {
  return { id, attempt, ...streams };
}
