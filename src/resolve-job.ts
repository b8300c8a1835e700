import type { Config } from "./config.js";
import type { Job } from "./core/job.js";
import type { ResolvedJob } from "./core/job-json.js";

/** Answers with the configuration what the job itself leaves open. */
export function resolveJob(job: Job, { values }: Config): ResolvedJob {
  return {
    ...job,
    maxRetries: job.maxRetries ?? values["max-retries"],
    timeoutMs: job.timeoutMs ?? values["job-timeout"],
    backoffBase: job.backoffBase ?? values["backoff-base"],
  };
}
