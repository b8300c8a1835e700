/** Fills in the values that a job leaves to its policy and the configuration. */
import { type Config, retryPolicy, timeoutOf } from "../../config/config.js";
import type { Job, ResolvedJob } from "../../core/job/job.js";
import { asOptions, overlay } from "../../core/retry/policy.js";

/** The job with the values of its policy and the configuration filled in. */
export function resolveJob(job: Job, config: Config): ResolvedJob {
  const { options, maxRetries, timeoutMs, backoffBase } = job;
  const rule = overlay({ ...options.retry, maxRetries, backoffBase }, retryPolicy(config, options.policy));
  return {
    ...job,
    maxRetries: rule.maxRetries,
    timeoutMs: timeoutOf(job, config),
    backoffBase: rule.backoff.base,
    options: { ...options, retry: asOptions(rule) },
    own: { maxRetries, timeoutMs, backoffBase, retry: options.retry ?? {} },
  };
}
