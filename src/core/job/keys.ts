/**
 * The keys of a job's description in their two spellings, the library's and JSON's. In the library the name of a number
 * tells its unit (`timeoutMs`, `memoryBytes`), and so does the name of a moment (`runAt`).
 */

/** The JSON key of a library key. */
export const JSON_KEYS = {
  id: "id",
  command: "command",
  queue: "queue",
  priority: "priority",
  runAt: "run_at",
  delayMs: "delay",
  cwd: "cwd",
  env: "env",
  tags: "tags",
  ref: "ref",
  after: "after",
  onUnmet: "on_unmet",
  unique: "unique",
  onConflict: "on_conflict",
  limitKey: "limit_key",
  limit: "limit",
  maxRetries: "max_retries",
  timeoutMs: "timeout",
  deadlineMs: "deadline",
  backoff: "backoff",
  backoffBase: "backoff_base",
  backoffMaxMs: "backoff_max",
  jitter: "jitter",
  retryOn: "retry_on",
  noRetryOn: "no_retry_on",
  snoozeOn: "snooze_on",
  snoozeDelayMs: "snooze_delay",
  policy: "policy",
  nice: "nice",
  memoryBytes: "memory",
  cpuTimeMs: "cpu_time",
  onCompleted: "on_completed",
  onFailed: "on_failed",
  onDead: "on_dead",
  webhookUrl: "webhook_url",
  webhookEvents: "webhook_events",
} as const;

export type LibraryKey = keyof typeof JSON_KEYS;
export type JsonKey = (typeof JSON_KEYS)[LibraryKey];

/** The library's form of a value, if JSON has another one. */
export const UNITS = {
  runAt: "time",
  delayMs: "milliseconds",
  timeoutMs: "milliseconds",
  deadlineMs: "milliseconds",
  backoffMaxMs: "milliseconds",
  snoozeDelayMs: "milliseconds",
  cpuTimeMs: "milliseconds",
  memoryBytes: "bytes",
} as const satisfies { readonly [Key in LibraryKey]?: "time" | "milliseconds" | "bytes" };

export type Unit = (typeof UNITS)[keyof typeof UNITS];

export const LIBRARY_KEYS = Object.keys(JSON_KEYS) as LibraryKey[];

/** The library key of a JSON key. */
export const KEY_IN_LIBRARY: ReadonlyMap<string, LibraryKey> = new Map(
  LIBRARY_KEYS.map((key) => [JSON_KEYS[key], key]),
);

/** The unit in the library. JSON prints seconds where the library has milliseconds. */
export function unitOfJsonKey(key: string): Unit | undefined {
  const units: { readonly [Key in LibraryKey]?: Unit } = UNITS;
  const name = KEY_IN_LIBRARY.get(key);
  return name && units[name];
}
