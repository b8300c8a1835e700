/** The limits of queues as somebody set them. `limits.ts` and `lengths.ts` see to it that they hold. */
import { sql } from "kysely";
import { NO_LIMITS, type QueueLimits } from "../../../core/limits/queue.js";
import type { Writing } from "../../sqlite/connection.js";
import type { QueueTable } from "../../sqlite/schema.js";
import { statement } from "../../sqlite/statement.js";

export type LimitColumns = Pick<QueueTable, "concurrency" | "rate_count" | "rate_ms" | "max_length">;

const limitsOf = statement<{ name: string }, LimitColumns>(
  (p) => sql`SELECT concurrency, rate_count, rate_ms, max_length FROM queues WHERE name = ${p("name")}`,
);

const storeLimits = statement<{ name: string } & LimitColumns>(
  (p) => sql`
    INSERT INTO queues (name, paused, concurrency, rate_count, rate_ms, max_length)
    VALUES (${p("name")}, 0, ${p("concurrency")}, ${p("rate_count")}, ${p("rate_ms")}, ${p("max_length")})
    ON CONFLICT DO UPDATE SET concurrency = excluded.concurrency, rate_count = excluded.rate_count,
      rate_ms = excluded.rate_ms, max_length = excluded.max_length`,
);

/** They count for a rate, and nobody would forget them without one. */
const forgetStarts = statement<{ name: string }>((p) => sql`DELETE FROM queue_starts WHERE queue = ${p("name")}`);

export const limitedQueues = statement<Record<never, never>, { name: string } & LimitColumns>(
  () => sql`
    SELECT name, concurrency, rate_count, rate_ms, max_length FROM queues
    WHERE concurrency IS NOT NULL OR rate_count IS NOT NULL OR max_length IS NOT NULL
    ORDER BY name`,
);

export async function limitQueue({ db }: Writing, name: string, changes: Partial<QueueLimits>): Promise<QueueLimits> {
  const row = await limitsOf.first(db, { name });
  const limits = { ...(row === undefined ? NO_LIMITS : toLimits(row)), ...changes };
  await storeLimits.run(db, {
    name,
    concurrency: limits.concurrency,
    rate_count: limits.rate?.count ?? null,
    rate_ms: limits.rate?.perMs ?? null,
    max_length: limits.maxLength,
  });
  if (limits.rate === null) await forgetStarts.run(db, { name });
  return limits;
}

export function toLimits({ concurrency, rate_count, rate_ms, max_length }: LimitColumns): QueueLimits {
  const rate = rate_count === null || rate_ms === null ? null : { count: rate_count, perMs: rate_ms };
  return { concurrency, rate, maxLength: max_length };
}
