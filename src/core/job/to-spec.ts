/**
 * A job's own description, in the keys and units that `enqueue` reads: durations in seconds, sizes in bytes, the
 * command as it was given. Null: the job leaves the value open.
 */
import { hookSetOf } from "../hook/hook.js";
import type { NamedPolicy } from "../retry/policy.js";
import { isoTime } from "../text/time.js";
import type { Job } from "./job.js";

type Retries = Omit<NamedPolicy, "timeoutMs" | "deadlineMs"> & {
  readonly timeoutMs?: number | null;
  readonly deadlineMs?: number | null;
};

const seconds = (ms: number | null | undefined) => (ms === null || ms === undefined ? null : ms / 1000);

/** The keys that a policy has as well. */
export function retriesToSpec(said: Retries) {
  return {
    max_retries: said.maxRetries ?? null,
    backoff: said.backoff ?? null,
    backoff_base: said.backoffBase ?? null,
    backoff_max: seconds(said.backoffMaxMs),
    jitter: said.jitter ?? null,
    retry_on: said.retryOn ?? null,
    no_retry_on: said.noRetryOn ?? null,
    snooze_on: said.snoozeOn ?? null,
    snooze_delay: seconds(said.snoozeDelayMs),
    timeout: seconds(said.timeoutMs),
    deadline: seconds(said.deadlineMs),
  };
}

/** All keys but the id, the dependencies, and the options of a single call of `enqueue`. */
export function jobToSpec(job: Job) {
  const { policy, retry, resources = {}, hooks = [] } = job.options;
  const { maxRetries, backoffBase, timeoutMs, deadlineMs } = job;
  const { webhook, completed, failed, dead } = hookSetOf(hooks);
  return {
    command: job.command,
    queue: job.queue,
    priority: job.priority,
    run_at: isoTime(job.runAt),
    cwd: job.cwd,
    env: job.env,
    tags: job.tags,
    ...retriesToSpec({ ...retry, maxRetries, backoffBase, timeoutMs, deadlineMs }),
    policy: policy ?? null,
    nice: resources.nice ?? null,
    memory: resources.memoryBytes ?? null,
    cpu_time: seconds(resources.cpuTimeMs),
    unique: job.uniqueKey,
    limit_key: job.limitKey,
    limit: job.limit,
    on_unmet: job.onUnmet,
    on_completed: completed ?? null,
    on_failed: failed ?? null,
    on_dead: dead ?? null,
    webhook_url: webhook?.url ?? null,
    webhook_events: webhook?.events ?? null,
  };
}
