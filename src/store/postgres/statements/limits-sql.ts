/** Statements about limits of queues and limit keys. */
import { type RawBuilder, sql } from "kysely";
import type { LimitStatements } from "../../shared/statements/limits.js";
import { statement } from "../statement.js";
import { among, notPaused, parked, waiting } from "./predicates.js";

/** Number of processing jobs with this limit key. */
export const running = (limitKey: RawBuilder<unknown>) => sql`(
  SELECT count(*) FROM jobs AS other WHERE other.state = 'processing' AND other.limit_key = ${limitKey})`;

/** Starts that count for a rate. If the clock was put back, some lie in the future and are ignored. */
const counting = (now: RawBuilder<unknown>) =>
  sql`queue = name AND started_at > ${now} - rate_ms AND started_at <= ${now}`;

/**
 * The best parked job of each key, queue and limit. Each step is one seek to the next greater three. `where` chooses
 * among them.
 */
export const bestParked = (where: RawBuilder<boolean> = sql`true`) => {
  const inOrder = sql`ORDER BY limit_key, queue, limit_max, priority DESC, run_at, seq LIMIT 1`;
  return sql`
    best (seq, limit_key, queue, limit_max) AS (
      (SELECT seq, limit_key, queue, limit_max FROM jobs WHERE ${parked} AND ${where} ${inOrder})
      UNION ALL
      SELECT next.* FROM best CROSS JOIN LATERAL (
        SELECT seq, limit_key, queue, limit_max FROM jobs
        WHERE ${parked} AND ${where}
          AND (limit_key, queue, limit_max) > (best.limit_key, best.queue, best.limit_max) ${inOrder}) AS next
    )`;
};

export const limits: LimitStatements = {
  runningWithKey: statement((p) => sql`SELECT ${running(p("limitKey"))} AS count`),

  capacities: statement(
    (p) => sql`
    SELECT name AS queue,
      concurrency - (
        SELECT coalesce(sum(count), 0)::bigint FROM job_counts WHERE queue = name AND state = 'processing') AS slots,
      rate_count - (SELECT count(*) FROM queue_starts WHERE ${counting(p("now"))}) AS starts,
      rate_ms,
      (SELECT min(started_at) FROM queue_starts WHERE ${counting(p("now"))}) AS first_start_at
    FROM queues WHERE concurrency IS NOT NULL OR rate_count IS NOT NULL`,
  ),

  startAfter: statement(
    (p) => sql`
    SELECT started_at FROM queues CROSS JOIN queue_starts
    WHERE name = ${p("queue")} AND ${counting(p("now"))}
    ORDER BY started_at LIMIT 1 OFFSET ${p("older")}`,
  ),

  recordStart: statement(
    (p) => sql`
    INSERT INTO queue_starts (queue, started_at, fence)
    SELECT name, ${p("now")}, ${p("fence")} FROM queues WHERE name = ${p("queue")} AND rate_count IS NOT NULL`,
  ),

  forgetOldStarts: statement(
    (p) => sql`
    DELETE FROM queue_starts
    WHERE queue = ${p("queue")} AND (started_at > ${p("now")}
      OR started_at <= ${p("now")} - coalesce((SELECT rate_ms FROM queues WHERE name = queue_starts.queue), 0))`,
  ),

  forgetStart: statement((p) => sql`DELETE FROM queue_starts WHERE queue = ${p("queue")} AND fence = ${p("fence")}`),

  park: statement((p) => sql`UPDATE jobs SET parked = true WHERE seq = ${p("seq")}`),

  unpark: statement((p) => sql`UPDATE jobs SET parked = false WHERE seq = ANY (${p("seqs")})`, "work"),

  unparkBest: statement(
    (p) => sql`
    WITH RECURSIVE ${bestParked(sql`limit_key = ${p("limitKey")}`)}
    UPDATE jobs SET parked = false WHERE seq IN (
      SELECT one.seq FROM best CROSS JOIN LATERAL (
        SELECT seq FROM jobs
        WHERE ${parked} AND limit_key = ${p("limitKey")} AND queue = best.queue AND limit_max = best.limit_max
        ORDER BY priority DESC, run_at, seq LIMIT ${p("count")}) AS one
      WHERE best.limit_max > ${running(p("limitKey"))})`,
    "work",
  ),

  keysOfWaiting: statement(
    (p) => sql`
    SELECT limit_key FROM jobs WHERE id = ANY (${p("ids")}) AND limit_key IS NOT NULL AND NOT parked AND ${waiting}`,
  ),

  parkedWithRoom: statement(
    (p) => sql`
    WITH RECURSIVE ${bestParked()}
    SELECT seq, queue FROM best
    WHERE ${among(p("queues"))} AND ${notPaused} AND limit_max > ${running(sql`best.limit_key`)}`,
  ),

  lengths: statement(
    () => sql`
    SELECT name AS queue, max_length,
      (SELECT coalesce(sum(count), 0)::bigint FROM job_counts
        WHERE queue = name AND state IN ('blocked', 'pending', 'failed')) AS waiting
    FROM queues WHERE max_length IS NOT NULL`,
  ),
};
