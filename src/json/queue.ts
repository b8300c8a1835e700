/** Queues as JSON. */
import { STATES } from "../core/job/state.js";
import type { QueueLimits } from "../core/limits/queue.js";
import { formatRate } from "../core/limits/rate.js";
import type { QueueHooks, QueueRecord } from "../queue/queues.js";
import { queueHooksToJson } from "./hooks.js";
import { timeToJson } from "./values.js";

const COUNTED = ["pending", "processing", "failed", "dead", "completed", "cancelled", "blocked"] as const;

/** The jobs of a queue, its pause and its limits. */
export function queueToJson({ name, paused, limits, jobs, oldestDueAt }: QueueRecord, now: number) {
  return {
    name,
    paused,
    ...limitsToJson(limits),
    ...Object.fromEntries(COUNTED.map((state) => [state, jobs[state]])),
    total: STATES.reduce((sum, state) => sum + jobs[state], 0),
    oldest_due_at: timeToJson(oldestDueAt),
    oldest_waiting_ms: oldestDueAt === null ? null : Math.max(0, now - oldestDueAt),
  };
}

/** The limits and hooks of a queue. Null: not part of the request. */
export function queueSettingsToJson(name: string, limits: QueueLimits | null, hooks: QueueHooks | null) {
  return { name, ...(limits && limitsToJson(limits)), ...(hooks && queueHooksToJson(hooks)) };
}

/** The result of `queue pause` and `queue resume`. */
export function pausedToJson(name: string, paused: boolean, changed: boolean) {
  return { name, paused, changed };
}

export function removedQueueToJson(name: string) {
  return { name, removed: true };
}

/** The rate as it is typed. */
export function limitsToJson({ concurrency, rate, maxLength }: QueueLimits) {
  return { concurrency, rate: rate && formatRate(rate), max_length: maxLength };
}
