import { type Config, retryPolicy, timeoutOf } from "./config.js";
import type { Job } from "./core/job.js";
import type { ResolvedJob } from "./core/job-json.js";
import { asWishes, overlay } from "./core/retry-policy.js";

/** Answers with its policy and the configuration what the job itself leaves open. */
export function resolveJob(job: Job, config: Config): ResolvedJob {
  const { options, maxRetries, backoffBase } = job;
  const rule = overlay({ ...options.retry, maxRetries, backoffBase }, retryPolicy(config, options.policy));
  return {
    ...job,
    maxRetries: rule.maxRetries,
    timeoutMs: timeoutOf(job, config),
    backoffBase: rule.backoff.base,
    options: { ...options, retry: asWishes(rule) },
  };
}
