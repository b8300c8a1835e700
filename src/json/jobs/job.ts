/**
 * Jobs as JSON shows them: snake_case keys, ISO-8601 times in UTC. A key that `enqueue` reads has the type and the unit in which it is
 * read, so that `enqueue` makes the same job of what is printed; see `read-job.ts`. To be written with `jsonText`, since a job's result
 * may be more exact than a value can be.
 */
import { hookSetOf } from "../../core/hook/hook.js";
import type { ResolvedJob } from "../../core/job/job.js";
import { jobToSpec, retriesToSpec } from "../../core/job/to-spec.js";
import { hooksToJson } from "../hooks.js";
import { resultToJson, timeToJson } from "../values.js";

export function jobToJson(job: ResolvedJob) {
  const spec = jobToSpec(job);
  const { schedule, hooks } = job.options;
  return {
    id: job.id,
    command: spec.command,
    state: job.state,
    queue: spec.queue,
    priority: spec.priority,
    attempts: job.attempts,
    max_retries: spec.max_retries,
    exit_code: job.exitCode,
    signal: job.signal,
    last_error: job.lastError,
    worker_id: job.workerId,
    run_at: spec.run_at,
    created_at: timeToJson(job.createdAt),
    updated_at: timeToJson(job.updatedAt),
    started_at: timeToJson(job.startedAt),
    finished_at: timeToJson(job.finishedAt),
    timeout: spec.timeout,
    backoff_base: spec.backoff_base,
    cwd: spec.cwd,
    env: spec.env,
    tags: spec.tags,
    unique: spec.unique,
    limit_key: spec.limit_key,
    limit: spec.limit,
    on_unmet: spec.on_unmet,
    deadline: spec.deadline,
    deadline_at: timeToJson(job.deadlineAt),
    result: resultToJson(job.result),
    progress: job.progress,
    progress_message: job.progressMessage,
    schedule: schedule?.name ?? null,
    scheduled_at: timeToJson(schedule?.at ?? null),
    ...(hooks && hooksToJson(hookSetOf(hooks))),
    policy: spec.policy,
    backoff: spec.backoff,
    backoff_max: spec.backoff_max,
    jitter: spec.jitter,
    retry_on: spec.retry_on,
    no_retry_on: spec.no_retry_on,
    snooze_on: spec.snooze_on,
    snooze_delay: spec.snooze_delay,
    nice: spec.nice,
    memory: spec.memory,
    cpu_time: spec.cpu_time,
    inherited: inherited(job),
  };
}

/** What the job leaves to its policy and the configuration, as they answer it now. */
function inherited({ own, options, maxRetries, timeoutMs, backoffBase }: ResolvedJob): Record<string, unknown> {
  const said = retriesToSpec({ ...own, ...own.retry });
  const resolved = retriesToSpec({ ...options.retry, maxRetries, timeoutMs, backoffBase });
  const keys = Object.keys(said) as (keyof typeof said)[];
  const open = keys.filter((key) => said[key] === null && resolved[key] !== null);
  return Object.fromEntries(open.map((key) => [key, resolved[key]]));
}
