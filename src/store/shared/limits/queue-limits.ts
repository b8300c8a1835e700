/** Stores the limits of queues. `limits.ts` and `queue-length.ts` enforce them. */
import { NO_LIMITS, type QueueLimits } from "../../../core/limits/queue.js";
import type { Writing } from "../connection.js";
import type { LimitColumns } from "../statements/queues.js";

export async function limitQueue(
  { db, sql }: Writing,
  name: string,
  changes: Partial<QueueLimits>,
): Promise<QueueLimits> {
  const row = await sql.queues.limits.first(db, { name });
  const limits = { ...(row === undefined ? NO_LIMITS : toLimits(row)), ...changes };
  await sql.queues.putLimits.run(db, {
    name,
    concurrency: limits.concurrency,
    rate_count: limits.rate?.count ?? null,
    rate_ms: limits.rate?.perMs ?? null,
    max_length: limits.maxLength,
  });
  // Starts count for a rate. Without a rate no statement would forget them.
  if (limits.rate === null) await sql.queues.forgetStarts.run(db, { name });
  return limits;
}

export function toLimits({ concurrency, rate_count, rate_ms, max_length }: LimitColumns): QueueLimits {
  const rate = rate_count === null || rate_ms === null ? null : { count: rate_count, perMs: rate_ms };
  return { concurrency, rate, maxLength: max_length };
}
