/** A job with all that is known of it: what `show` prints, and `run` at the end. */
import type { Attempt, Job } from "../../queue/jobs/job.js";
import type { Relations } from "../../queue/jobs/relations.js";
import { attemptToJson } from "./attempt.js";
import { jobToJson } from "./job.js";

export interface Report {
  readonly job: Job;
  /** Oldest first. */
  readonly attempts: readonly Attempt[];
  readonly relations: Relations;
  /** The ends of what the newest attempt wrote. */
  readonly tails: { readonly stdout: string; readonly stderr: string };
  /** When it was read, on the queue's clock. */
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
