/**
 * Jobs as JSON: snake_case keys, ISO-8601 times in UTC. A key that `enqueue` reads has the type and the unit of its
 * input, so that `enqueue` makes the same job of printed JSON; see `read-job.ts`. Write it with `jsonText`, since a
 * job's result may be more exact than a JavaScript value.
 */
import { JSON_KEYS, unitOfJsonKey } from "../../core/job/keys.js";
import type { Job } from "../../queue/jobs/job.js";
import { resultToJson, secondsToJson, timeToJson } from "../values.js";

export function jobToJson(job: Job) {
  return {
    id: job.id,
    command: job.command,
    state: job.state,
    queue: job.queue,
    priority: job.priority,
    attempts: job.attempts,
    max_retries: job.maxRetries,
    exit_code: job.exitCode,
    signal: job.signal,
    last_error: job.lastError,
    worker_id: job.workerId,
    run_at: timeToJson(job.runAt),
    created_at: timeToJson(job.createdAt),
    updated_at: timeToJson(job.updatedAt),
    started_at: timeToJson(job.startedAt),
    finished_at: timeToJson(job.finishedAt),
    duration_ms: job.durationMs,
    timeout: secondsToJson(job.timeoutMs),
    backoff_base: job.backoffBase,
    cwd: job.cwd,
    env: job.env,
    tags: job.tags,
    unique: job.unique,
    limit_key: job.limitKey,
    limit: job.limit,
    on_unmet: job.onUnmet,
    deadline: secondsToJson(job.deadlineMs),
    deadline_at: timeToJson(job.deadlineAt),
    result: resultToJson(job.resultJson),
    progress: job.progress,
    progress_message: job.progressMessage,
    schedule: job.schedule,
    scheduled_at: timeToJson(job.scheduledAt),
    ...hooksToJson(job),
    policy: job.policy,
    backoff: job.backoff,
    backoff_max: secondsToJson(job.backoffMaxMs),
    jitter: job.jitter,
    retry_on: job.retryOn,
    no_retry_on: job.noRetryOn,
    snooze_on: job.snoozeOn,
    snooze_delay: secondsToJson(job.snoozeDelayMs),
    nice: job.nice,
    memory: job.memoryBytes,
    cpu_time: secondsToJson(job.cpuTimeMs),
    inherited: inherited(job),
  };
}

/** Leaves out missing hooks. */
function hooksToJson({ onCompleted, onFailed, onDead, webhookUrl, webhookEvents }: Job): Record<string, unknown> {
  const hooks = {
    ...{ on_completed: onCompleted, on_failed: onFailed, on_dead: onDead },
    ...{ webhook_url: webhookUrl, webhook_events: webhookEvents },
  };
  return Object.fromEntries(Object.entries(hooks).filter(([, value]) => value !== null));
}

/** The values that the job leaves to its policy and the configuration, as they are now. */
function inherited(job: Job): Record<string, unknown> {
  const answered = job.inherited.filter((key) => job[key] !== null);
  return Object.fromEntries(
    answered.map((key) => {
      const [name, value] = [JSON_KEYS[key], job[key]];
      return [name, unitOfJsonKey(name) === "milliseconds" ? secondsToJson(Number(value)) : value];
    }),
  );
}
