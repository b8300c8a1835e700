/** The full report of a job: the output of `show`, and of `run` at the end. */
import type { Attempt, Job } from "../../queue/jobs/job.js";
import type { Relations } from "../../queue/jobs/relations.js";
import { attemptToJson } from "./attempt.js";
import { jobToJson } from "./job.js";

export interface Report {
  readonly job: Job;
  /** Oldest first. */
  readonly attempts: readonly Attempt[];
  readonly relations: Relations;
  /** The end of the newest attempt's output, or why it cannot be shown. */
  readonly tails: { readonly stdout: string; readonly stderr: string; readonly absence: string | null };
  /** Time of the report, on the store's clock. Milliseconds. */
  readonly now: number;
}

export function reportToJson({ job, attempts, relations, tails, now }: Report) {
  return {
    ...jobToJson(job),
    after: relations.after.map(({ parent, when, status, state }) => ({ job: parent, when, status, state })),
    dependents: relations.dependents.map(({ id }) => id),
    history: attempts.map((attempt) => attemptToJson(attempt, now)),
    stdout: tails.stdout,
    stderr: tails.stderr,
  };
}
