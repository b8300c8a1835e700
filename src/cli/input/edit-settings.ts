/** The values of `edit --set`, laid over the description of a job. */
import { UsageError } from "../../core/errors.js";

/** Keys that a job may lack. In a setting, `none` removes them. */
export const OPTIONAL_KEYS = [
  ...["max_retries", "timeout", "backoff", "backoff_base", "backoff_max", "jitter"],
  ...["retry_on", "no_retry_on", "snooze_on", "snooze_delay", "nice", "memory", "cpu_time"],
  ...["on_completed", "on_failed", "on_dead", "webhook_url", "webhook_events"],
];

/** Keys whose value is the text itself. */
const TEXTS = [
  ...["id", "command", "queue", "run_at", "delay", "timeout", "cwd", "backoff", "backoff_max", "snooze_delay"],
  ...["memory", "cpu_time", "on_completed", "on_failed", "on_dead", "webhook_url"],
];
/** How to read one item of a list with commas. */
const LISTS: Readonly<Record<string, (text: string) => unknown>> = {
  ...{ tags: String, webhook_events: String },
  ...{ retry_on: numberOrText, no_retry_on: numberOrText, snooze_on: numberOrText },
};

/**
 * The description with settings such as `priority=5`. Texts are taken as they are, lists may be separated by commas,
 * and any other value is JSON. `none` removes an optional key.
 * @throws UsageError if a setting has no `=`, or repeats a key
 */
export function withSettings(
  description: Readonly<Record<string, unknown>>,
  settings: readonly string[],
): Record<string, unknown> {
  // No prototype, so that a key such as `constructor` has no inherited meaning.
  const result: Record<string, unknown> = Object.assign(Object.create(null), description);
  const seen = new Set<string>();
  for (const setting of settings) {
    const [, name, text = ""] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    if (name === undefined) {
      throw new UsageError(`--set is ${JSON.stringify(setting)}`, "give a key and a value: --set priority=5");
    }
    const key = name.replaceAll("-", "_");
    if (seen.has(key)) throw new UsageError(`--set ${key} is given twice`, "give it once");
    seen.add(key);
    if (seen.has("run_at") && seen.has("delay"))
      throw new UsageError("--set run_at and --set delay both say when to run", "give one of them");
    if (key === "delay") delete result.run_at;
    if (text === "none" && OPTIONAL_KEYS.includes(key)) {
      delete result[key];
      if (key === "webhook_url") delete result.webhook_events;
    } else result[key] = TEXTS.includes(key) ? text : jsonOrText(key, text);
  }
  return result;
}

function numberOrText(text: string): unknown {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : text;
}

function jsonOrText(key: string, text: string): unknown {
  const value = json(text);
  const item = Object.hasOwn(LISTS, key) ? LISTS[key] : undefined;
  if (item === undefined) return value === undefined ? text : value;
  if (Array.isArray(value)) return value;
  return text
    .split(",")
    .filter((word) => word !== "")
    .map(item);
}

/** Undefined: the text is no JSON. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
