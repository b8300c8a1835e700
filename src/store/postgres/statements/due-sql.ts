/**
 * Statements about pending jobs that are due. A queue's jobs are in the index of waiting jobs by priority and time. So
 * the earliest job is one seek for each queue and priority, and the number of waiting jobs costs nothing.
 */
import { type RawBuilder, sql } from "kysely";
import type { DueStatements } from "../../shared/statements/due.js";
import { statement } from "../statement.js";
import { bestParked } from "./limits-sql.js";
import { among, claimable, notPaused, parked } from "./predicates.js";

/** Queues and priorities of the waiting jobs, for queues whose name is `chosen`. */
const pairs = (chosen: RawBuilder<boolean>) => {
  const highest = (where: RawBuilder<boolean>) => sql`(
    SELECT priority FROM jobs WHERE ${claimable} AND ${where} ORDER BY priority DESC LIMIT 1)`;
  return sql`
  pair (queue, priority) AS (
    SELECT queue, ${highest(sql`jobs.queue = job_counts.queue`)}
    FROM job_counts WHERE state = 'pending' AND count > 0 AND ${chosen}
    UNION ALL
    SELECT queue, ${highest(sql`jobs.queue = pair.queue AND priority < pair.priority`)}
    FROM pair WHERE priority IS NOT NULL
  )`;
};

/** The earliest job of each pair. */
const earliest = (now: RawBuilder<unknown>) => sql`(
  SELECT seq FROM jobs
  WHERE ${claimable} AND jobs.queue = pair.queue AND jobs.priority = pair.priority AND state = 'pending' AND run_at <= ${now}
  ORDER BY run_at, seq LIMIT 1)`;

/** The best parked job of each key, queue, limit and priority. */
const parkedLevels = sql`
  level (seq, limit_key, queue, limit_max, priority) AS (
    SELECT best.seq, best.limit_key, best.queue, best.limit_max, jobs.priority FROM best JOIN jobs ON jobs.seq = best.seq
    UNION ALL
    SELECT next.* FROM level CROSS JOIN LATERAL (
      SELECT seq, limit_key, queue, limit_max, priority FROM jobs
      WHERE ${parked} AND limit_key = level.limit_key AND queue = level.queue AND limit_max = level.limit_max
        AND priority < level.priority
      ORDER BY priority DESC, run_at, seq LIMIT 1) AS next
  )`;

/** The earliest due jobs of each pair and of each sort of parked jobs. The oldest job is among them. */
const oldestOfAll = (now: RawBuilder<unknown>) => sql`
  ${pairs(sql`true`)}, ${bestParked()}, ${parkedLevels},
  oldest (seq) AS (
    SELECT ${earliest(now)} FROM pair
    UNION ALL
    SELECT seq FROM level
  )`;

export const due: DueStatements = {
  oldest: statement(
    (p) => sql`
    WITH RECURSIVE ${oldestOfAll(p("now"))}
    SELECT job.* FROM oldest JOIN jobs AS job ON job.seq = oldest.seq WHERE job.run_at <= ${p("now")}
    ORDER BY job.run_at, job.seq LIMIT 1`,
  ),

  oldestOfQueues: statement(
    (p) => sql`
    WITH RECURSIVE ${oldestOfAll(p("now"))}
    SELECT job.queue, min(job.run_at) AS due_at FROM oldest JOIN jobs AS job ON job.seq = oldest.seq
    WHERE job.run_at <= ${p("now")} GROUP BY job.queue`,
  ),

  workRemains: statement((p) => {
    const wanted = among(p("queues"));
    const claimableQueue = sql<boolean>`${wanted} AND ${notPaused}`;
    const some = (state: string, where: RawBuilder<boolean>) =>
      sql`EXISTS (SELECT 1 FROM job_counts WHERE state = ${sql.lit(state)} AND count > 0 AND ${where})`;
    return sql`
    WITH RECURSIVE ${pairs(claimableQueue)}
    SELECT ${some("processing", wanted)} OR ${some("failed", claimableQueue)}
      OR EXISTS (SELECT 1 FROM pair WHERE ${earliest(p("now"))} IS NOT NULL)
      OR EXISTS (SELECT 1 FROM jobs WHERE ${parked} AND ${claimableQueue}) AS remains`;
  }),

  countRemaining: statement((p) => {
    const wanted = among(p("queues"));
    return sql`
    SELECT
      (SELECT count(*) FROM jobs
        WHERE ${claimable} AND ${wanted} AND ${notPaused} AND (state = 'failed' OR run_at <= ${p("now")}))
      + (SELECT count(*) FROM jobs WHERE ${parked} AND ${wanted} AND ${notPaused})
      + (SELECT coalesce(sum(count), 0)::bigint FROM job_counts WHERE state = 'processing' AND ${wanted}) AS count`;
  }),

  countAhead: statement(
    (p) => sql`
    SELECT count(*) AS count FROM jobs
    WHERE ${claimable} AND ${among(p("queues"))} AND ${notPaused} AND run_at <= ${p("now")}
      AND (priority > ${p("priority")} OR priority = ${p("priority")}
        AND (run_at, seq) < (${p("runAt")}, (SELECT seq FROM jobs WHERE id = ${p("id")})))`,
  ),
};
