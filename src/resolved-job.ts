/** What a job leaves open, as the configuration answers it. */
import type { Config } from "./config.js";
import type { Job } from "./core/job.js";
import type { ResolvedJob } from "./core/job-json.js";
import type { JobFilter } from "./store/store.js";

/** Answers with the configuration what the job itself leaves open. */
export function resolveJob(job: Job, { values }: Config): ResolvedJob {
  return {
    ...job,
    maxRetries: job.maxRetries ?? values["max-retries"],
    timeoutMs: job.timeoutMs ?? values["job-timeout"],
    backoffBase: job.backoffBase ?? values["backoff-base"],
  };
}

/** What a filter has to know of the configuration. */
export function withDefaults(filter: JobFilter, { values }: Config): JobFilter {
  return filter.where === undefined ? filter : { ...filter, defaultMaxRetries: values["max-retries"] };
}
