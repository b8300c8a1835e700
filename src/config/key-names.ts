/** The configuration keys as they are called elsewhere. They are asked for before spelling. */
import type { SettingKey } from "./config.js";

/** Names with the same meaning and unit, separated by spaces. */
const NAMES: Readonly<Record<SettingKey, string>> = {
  "max-retries":
    "default-max-retries max-attempts default-max-attempts retries max-retry retry-limit max-tries default-retries attempts",
  "backoff-base":
    "backoff default-backoff-base default-backoff backoff-factor backoff-multiplier retry-backoff retry-backoff-base exponential-base base base-backoff",
  "backoff-max":
    "max-backoff backoff-cap backoff-limit max-delay max-retry-delay backoff-max-seconds max-backoff-seconds",
  "backoff-jitter": "jitter retry-jitter",
  "job-timeout":
    "timeout default-timeout default-job-timeout job-timeout-seconds timeout-seconds command-timeout max-runtime",
  "worker-poll-interval":
    "poll-interval poll polling-interval worker-poll poll-seconds worker-interval poll-interval-seconds",
  "lease-duration": "lease lease-seconds lease-timeout lease-ttl visibility-timeout lock-timeout lock-duration",
  "grace-period": "grace shutdown-timeout shutdown-grace-period graceful-shutdown-timeout shutdown-grace grace-seconds",
  "output-limit": "max-output max-output-size output-max output-max-bytes",
  retention: "retention-period keep keep-completed",
  "retention-dead": "dead-retention dlq-retention retention-dlq keep-dead retention-failed",
  "worker-count": "workers num-workers max-workers default-workers default-worker-count worker-processes pool-size",
  concurrency: "worker-concurrency default-concurrency concurrency-per-worker jobs-per-worker slots",
};

/** What to do about names with another unit, and about what no setting decides. */
const ADVICE: Readonly<Record<string, string>> = {
  "poll-interval-ms": "the key is worker-poll-interval; give the unit: 500ms",
  "worker-poll-interval-ms": "the key is worker-poll-interval; give the unit: 500ms",
  "job-timeout-ms": "the key is job-timeout; give the unit: 5000ms",
  "timeout-ms": "the key is job-timeout; give the unit: 5000ms",
  "backoff-max-ms": "the key is backoff-max; give the unit: 5000ms",
  "lease-ms": "the key is lease-duration; give the unit: 15000ms",
  "retention-days": "the key is retention; give the unit: 7d",
  db: "choose the database with --db FILE or QUEUECTL_DB",
  "db-path": "choose the database with --db FILE or QUEUECTL_DB",
  database: "choose the database with --db FILE or QUEUECTL_DB",
  home: "choose the home with --home DIR or QUEUECTL_HOME",
  "data-dir": "choose the home with --home DIR or QUEUECTL_HOME",
  priority: "queuectl enqueue 'echo hi' --priority 5, for each job",
  "default-priority": "queuectl enqueue 'echo hi' --priority 5, for each job",
  "log-level": "the environment decides it: QUEUECTL_LOG_LEVEL=debug queuectl worker start",
};

/** @param name with dashes */
export function keyCalled(name: string): SettingKey | undefined {
  return (Object.keys(NAMES) as SettingKey[]).find((key) => NAMES[key].split(" ").includes(name));
}

/** What to do in place of setting this. Undefined: nothing is known of it. */
export function keyAdvice(name: string): string | undefined {
  return Object.hasOwn(ADVICE, name) ? ADVICE[name] : undefined;
}

/** Every name, for tests. */
export const KEY_NAMES: readonly (readonly [name: string, key: SettingKey])[] = Object.entries(NAMES).flatMap(
  ([key, names]) => names.split(" ").map((name) => [name, key as SettingKey] as const),
);
