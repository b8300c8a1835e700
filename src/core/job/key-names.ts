/** The keys of a job as they are called elsewhere. They are asked for before spelling. */
import { suggestion } from "../text/suggest.js";

/** Names with the same meaning, separated by spaces. */
const NAMES: Readonly<Record<string, string>> = {
  id: "job_id name job_name uuid key",
  command: "cmd exec script shell run task argv args shell_command",
  max_retries:
    "retries max_retry retry max_attempts attempts_max max_tries tries retry_limit retry_max max_retry_count",
  priority: "prio",
  queue: "queue_name",
  run_at: "scheduled_for schedule_at run_after start_at not_before available_at execute_at eta at when",
  delay: "delay_seconds delay_sec countdown wait wait_seconds",
  timeout: "timeout_seconds timeout_sec timeout_secs timeout_s time_limit job_timeout max_runtime max_execution_time",
  deadline: "expires_in max_total_time",
  backoff_base: "backoff_factor base_backoff backoff_multiplier base_delay retry_base",
  backoff_max: "max_backoff max_delay backoff_cap backoff_limit",
  jitter: "backoff_jitter retry_jitter",
  cwd: "working_dir working_directory workdir work_dir dir directory",
  env: "environment env_vars vars variables",
  tags: "tag label labels",
  after: "depends_on dependencies dependency deps depends needs requires parent parents",
  unique: "unique_key idempotency_key dedupe_key dedup_key",
  memory: "memory_limit max_memory mem",
  on_completed: "on_success on_complete",
  webhook_url: "webhook callback_url callback",
};

/** Keys in another unit, and the form to write. */
const OTHER_UNITS: Readonly<Record<string, string>> = {
  timeout_ms: '"timeout":"5000ms"',
  timeout_minutes: '"timeout":"5m"',
  delay_ms: '"delay":"5000ms"',
  delay_minutes: '"delay":"5m"',
  backoff_ms: '"backoff_base":2, in seconds',
  cron: "the clock: queuectl schedule add NAME --cron '30 2 * * *' -- make test",
  schedule: "the clock: queuectl schedule add NAME --cron '30 2 * * *' -- make test",
};

/** The hint for an unknown key. @param known the keys that it may be */
export function jobKeyHint(key: string, known: readonly string[]): string {
  const name = inJson(key);
  if (known.includes(name)) return `did you mean ${name}?`;
  const meant = Object.keys(NAMES).find((one) => NAMES[one]?.split(" ").includes(name));
  if (meant !== undefined && known.includes(meant)) return `did you mean ${meant}?`;
  if (Object.hasOwn(OTHER_UNITS, name)) return `use ${OTHER_UNITS[name]}`;
  return suggestion(key, known);
}

/** `maxRetries`, `max-retries` and `MAX_RETRIES` are one key. */
function inJson(key: string): string {
  return key
    .replace(/(?<=[a-z])[A-Z]/g, "_$&")
    .toLowerCase()
    .replaceAll("-", "_");
}

/** Every name, for tests. */
export const JOB_KEY_NAMES: readonly (readonly [name: string, key: string])[] = Object.entries(NAMES).flatMap(
  ([key, names]) => names.split(" ").map((name) => [name, key] as const),
);
