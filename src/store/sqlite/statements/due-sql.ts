/**
 * Statements about pending jobs that are due. A queue's jobs are in the index of waiting jobs by priority and time. So
 * the earliest job is one seek for each queue and priority, and the number of waiting jobs costs nothing.
 */
import { type RawBuilder, sql } from "kysely";
import type { DueStatements } from "../../shared/statements/due.js";
import { statement } from "../statement.js";
import { among, claimable, notPaused, parked } from "./predicates.js";

const jobs = sql`jobs INDEXED BY jobs_due`;
const parkedJobs = sql`jobs INDEXED BY jobs_parked`;

/** Queues and priorities of the waiting jobs, for queues whose name is `chosen`. */
const pairs = (chosen: RawBuilder<boolean>) => sql`
  pair (queue, priority) AS (
    SELECT queue, (SELECT max(priority) FROM ${jobs} WHERE ${claimable} AND queue = job_counts.queue)
    FROM job_counts WHERE state = 'pending' AND count > 0 AND ${chosen}
    UNION ALL
    SELECT queue, (
      SELECT max(priority) FROM ${jobs} WHERE ${claimable} AND queue = pair.queue AND priority < pair.priority)
    FROM pair WHERE priority IS NOT NULL
  )`;

/** The earliest job of each pair. */
const earliest = (now: RawBuilder<unknown>) => sql`(
  SELECT seq FROM ${jobs}
  WHERE ${claimable} AND queue = pair.queue AND priority = pair.priority AND state = 'pending' AND run_at <= ${now}
  ORDER BY run_at, seq LIMIT 1)`;

/**
 * Keys, queues, limits and priorities of the parked jobs. Each step is one seek to the next greater three, or to the
 * next lower priority of the same. See `parkedWithRoom` for the pluses.
 */
const parkedPairs = sql`
  best (seq) AS (
    SELECT * FROM (
      SELECT seq FROM ${parkedJobs} WHERE ${parked}
      ORDER BY limit_key, queue, limit_max, priority DESC, run_at, seq LIMIT 1)
    UNION ALL
    SELECT (
      SELECT seq FROM ${parkedJobs}
      WHERE ${parked} AND (limit_key, queue, limit_max) > (+held.limit_key, +held.queue, +held.limit_max)
      ORDER BY limit_key, queue, limit_max, priority DESC, run_at, seq LIMIT 1)
    FROM best CROSS JOIN jobs AS held ON held.seq = best.seq
  ),
  level (seq) AS (
    SELECT seq FROM best WHERE seq IS NOT NULL
    UNION ALL
    SELECT (
      SELECT seq FROM ${parkedJobs}
      WHERE ${parked} AND limit_key = held.limit_key AND queue = held.queue AND limit_max = held.limit_max
        AND priority < +held.priority
      ORDER BY priority DESC, run_at, seq LIMIT 1)
    FROM level CROSS JOIN jobs AS held ON held.seq = level.seq
  )`;

/** The earliest due jobs of each pair and of each sort of parked jobs. The oldest job is among them. */
const oldestOfAll = (now: RawBuilder<unknown>) => sql`
  oldest (seq) AS (
    SELECT ${earliest(now)} FROM pair
    UNION ALL
    SELECT seq FROM level
  )`;

export const due: DueStatements = {
  oldest: statement(
    (p) => sql`
    WITH RECURSIVE ${pairs(sql`true`)}, ${parkedPairs}, ${oldestOfAll(p("now"))}
    SELECT job.* FROM oldest CROSS JOIN jobs AS job ON job.seq = oldest.seq WHERE job.run_at <= ${p("now")}
    ORDER BY job.run_at, job.seq LIMIT 1`,
  ),

  oldestOfQueues: statement(
    (p) => sql`
    WITH RECURSIVE ${pairs(sql`true`)}, ${parkedPairs}, ${oldestOfAll(p("now"))}
    SELECT job.queue, min(job.run_at) AS due_at FROM oldest CROSS JOIN jobs AS job ON job.seq = oldest.seq
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
      OR EXISTS (SELECT 1 FROM ${parkedJobs} WHERE ${parked} AND ${claimableQueue}) AS remains`;
  }),

  countRemaining: statement((p) => {
    const wanted = among(p("queues"));
    return sql`
    SELECT
      (SELECT count(*) FROM ${jobs}
        WHERE ${claimable} AND ${wanted} AND ${notPaused}
          AND (state = 'failed' OR run_at <= ${p("now")}))
      + (SELECT count(*) FROM ${parkedJobs} WHERE ${parked} AND ${wanted} AND ${notPaused})
      + (SELECT coalesce(sum(count), 0) FROM job_counts WHERE state = 'processing' AND ${wanted}) AS count`;
  }),

  countAhead: statement(
    (p) => sql`
    SELECT count(*) AS count FROM ${jobs}
    WHERE ${claimable} AND ${among(p("queues"))} AND ${notPaused} AND run_at <= ${p("now")}
      AND (priority > ${p("priority")} OR priority = ${p("priority")}
        AND (run_at, seq) < (${p("runAt")}, (SELECT seq FROM jobs WHERE id = ${p("id")})))`,
  ),
};
