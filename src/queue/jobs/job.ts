/** Jobs and their attempts as the faces of the queue see them. */
import type { Config } from "../../config/config.js";
import type { Attempt, ResolvedJob, Job as StoredJob } from "../../core/job/job.js";
import { resolveJob } from "./resolve-defaults.js";

export type Job = ResolvedJob;
export type { Attempt } from "../../core/job/job.js";

/** Answers with its policy and the configuration what the job itself leaves open. */
export function toJob(stored: StoredJob, config: Config): Job {
  return resolveJob(stored, config);
}

export function toAttempt(attempt: Attempt): Attempt {
  return attempt;
}
