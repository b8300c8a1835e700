/**
 * Jobs as JSON: snake_case keys, ISO-8601 times in UTC, durations in milliseconds. Write it with `jsonText`, since a
 * job's result may be more exact than a JavaScript value.
 */

import { hookSetOf } from "../core/hook/hook.js";
import { commandText } from "../core/job/command.js";
import type { ResolvedJob } from "../core/job/job.js";
import type { JobOptions } from "../core/job/options.js";
import type { RetryOptions } from "../core/retry/policy.js";
import { isoTime } from "../core/text/time.js";
import { exactJson } from "./exact.js";
import { hooksToJson } from "./hooks.js";

const time = (ms: number | null) => (ms === null ? null : isoTime(ms));
const result = (json: string | null): unknown => (json === null ? null : exactJson(json));

export function jobToJson(job: ResolvedJob) {
  return {
    id: job.id,
    command: commandText(job.command),
    state: job.state,
    queue: job.queue,
    priority: job.priority,
    attempts: job.attempts,
    max_retries: job.maxRetries,
    exit_code: job.exitCode,
    signal: job.signal,
    last_error: job.lastError,
    worker_id: job.workerId,
    run_at: time(job.runAt),
    created_at: time(job.createdAt),
    updated_at: time(job.updatedAt),
    started_at: time(job.startedAt),
    finished_at: time(job.finishedAt),
    timeout: job.timeoutMs,
    backoff_base: job.backoffBase,
    cwd: job.cwd,
    env: job.env,
    tags: job.tags,
    unique: job.uniqueKey,
    limit_key: job.limitKey,
    limit: job.limit,
    deadline: time(job.deadlineAt),
    result: result(job.result),
    progress: job.progress,
    progress_message: job.progressMessage,
    schedule: job.options.schedule?.name ?? null,
    scheduled_at: time(job.options.schedule?.at ?? null),
    ...(job.options.hooks && hooksToJson(hookSetOf(job.options.hooks))),
    ...optionsToJson(job.options),
  };
}

function optionsToJson({ policy, retry = {}, resources = {} }: JobOptions) {
  return {
    policy: policy ?? null,
    ...retryToJson(retry),
    nice: resources.nice ?? null,
    memory: resources.memoryBytes ?? null,
    cpu_time: resources.cpuTimeMs ?? null,
  };
}

/** Without the numbers that have keys of their own in a job. */
function retryToJson(retry: RetryOptions) {
  return {
    backoff: retry.backoff ?? null,
    backoff_max: retry.backoffMaxMs ?? null,
    jitter: retry.jitter ?? null,
    retry_on: retry.retryOn ?? null,
    no_retry_on: retry.noRetryOn ?? null,
    snooze_on: retry.snoozeOn ?? null,
    snooze_delay: retry.snoozeMs ?? null,
  };
}
