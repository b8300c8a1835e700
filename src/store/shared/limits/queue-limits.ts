/** Stores the limits of queues. `limits.ts` and `queue-length.ts` enforce them. */
import { NO_LIMITS, type QueueLimits } from "../../../core/limits/queue.js";
import type { Writing } from "../connection.js";
import type { LimitColumns } from "../statements/queues.js";
import type { Work } from "../work.js";

export function* limitQueue({ sql }: Writing, name: string, changes: Partial<QueueLimits>): Work<QueueLimits> {
  const row = yield* sql.queues.limits.first({ name });
  const limits = { ...(row === undefined ? NO_LIMITS : toLimits(row)), ...changes };
  yield* sql.queues.putLimits.run({
    name,
    concurrency: limits.concurrency,
    rate_count: limits.rate?.count ?? null,
    rate_ms: limits.rate?.perMs ?? null,
    max_length: limits.maxLength,
  });
  // Starts count for a rate. Without a rate no statement would forget them.
  if (limits.rate === null) yield* sql.queues.forgetStarts.run({ name });
  return limits;
}

export function toLimits({ concurrency, rate_count, rate_ms, max_length }: LimitColumns): QueueLimits {
  const rate = rate_count === null || rate_ms === null ? null : { count: rate_count, perMs: rate_ms };
  return { concurrency, rate, maxLength: max_length };
}
