/** Statements about limits of queues and limit keys. */
import { type RawBuilder, sql } from "kysely";
import type { LimitStatements } from "../../shared/statements/limits.js";
import { statement } from "../statement.js";
import { among, notPaused, parked, waiting } from "./predicates.js";

/** Number of processing jobs with this limit key. */
export const running = (limitKey: RawBuilder<unknown>) => sql`(
  SELECT count(*) FROM jobs AS other INDEXED BY jobs_limited
  WHERE other.state = 'processing' AND other.limit_key = ${limitKey})`;

/** Starts that count for a rate. If the clock was put back, some lie in the future and are ignored. */
const counting = (now: RawBuilder<unknown>) =>
  sql`queue = name AND started_at > ${now} - rate_ms AND started_at <= ${now}`;

const inOrder = sql`limit_key, queue, limit_max, priority DESC, run_at, seq`;

export const limits: LimitStatements = {
  runningWithKey: statement((p) => sql`SELECT ${running(p("limitKey"))} AS count`),

  capacities: statement(
    (p) => sql`
    SELECT name AS queue,
      concurrency - (
        SELECT coalesce(sum(count), 0) FROM job_counts WHERE queue = name AND state = 'processing') AS slots,
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

  park: statement((p) => sql`UPDATE jobs SET parked = 1 WHERE seq = ${p("seq")}`),

  unpark: statement((p) => sql`UPDATE jobs SET parked = 0 WHERE seq IN (SELECT value FROM json_each(${p("seqs")}))`),

  /**
   * `best` steps from group to group: the first job of the next greater group is its best one, since the index has them
   * in this order. The pluses take the affinity away. Without them SQLite would seek by the first column only, and read
   * all of a group to come to the next.
   */
  unparkBest: statement((p) => {
    const ofKey = sql`${parked} AND limit_key = ${p("limitKey")}`;
    return sql`
    UPDATE jobs NOT INDEXED SET parked = 0 WHERE seq IN (
      WITH RECURSIVE best (seq) AS (
        SELECT * FROM (
          SELECT seq FROM jobs INDEXED BY jobs_parked WHERE ${ofKey}
          ORDER BY queue, limit_max, priority DESC, run_at, seq LIMIT 1)
        UNION ALL
        SELECT (
          SELECT seq FROM jobs AS next INDEXED BY jobs_parked
          WHERE ${ofKey} AND (queue, limit_max) > (+job.queue, +job.limit_max)
          ORDER BY queue, limit_max, priority DESC, run_at, seq LIMIT 1)
        FROM best CROSS JOIN jobs AS job ON job.seq = best.seq
      )
      SELECT one.seq FROM best CROSS JOIN jobs AS job ON job.seq = best.seq
        CROSS JOIN jobs AS one ON one.seq IN (
          SELECT seq FROM jobs AS next INDEXED BY jobs_parked
          WHERE ${ofKey} AND queue = job.queue AND limit_max = job.limit_max
          ORDER BY priority DESC, run_at, seq LIMIT +${p("count")})
      WHERE job.limit_max > ${running(p("limitKey"))})`;
  }),

  keysOfWaiting: statement(
    (p) => sql`
    SELECT jobs.limit_key FROM json_each(${p("ids")}) CROSS JOIN jobs ON jobs.id = json_each.value
    WHERE jobs.limit_key IS NOT NULL AND jobs.parked = 0 AND jobs.${waiting}`,
  ),

  /**
   * The best parked jobs that their key has room for, one for each key, queue and limit. Each step is one seek to the
   * next greater three; it seeks by all of them only because of the pluses.
   */
  parkedWithRoom: statement(
    (p) => sql`
    WITH RECURSIVE best (seq) AS (
      SELECT * FROM (SELECT seq FROM jobs INDEXED BY jobs_parked WHERE ${parked} ORDER BY ${inOrder} LIMIT 1)
      UNION ALL
      SELECT (
        SELECT seq FROM jobs AS next INDEXED BY jobs_parked
        WHERE ${parked} AND (limit_key, queue, limit_max) > (+job.limit_key, +job.queue, +job.limit_max)
        ORDER BY ${inOrder} LIMIT 1)
      FROM best CROSS JOIN jobs AS job ON job.seq = best.seq
    )
    SELECT job.seq, job.queue FROM best CROSS JOIN jobs AS job ON job.seq = best.seq
    WHERE ${among(p("queues"))} AND ${notPaused} AND job.limit_max > ${running(sql`job.limit_key`)}`,
  ),

  lengths: statement(
    () => sql`
    SELECT name AS queue, max_length,
      (SELECT coalesce(sum(count), 0) FROM job_counts
        WHERE queue = name AND state IN ('blocked', 'pending', 'failed')) AS waiting
    FROM queues WHERE max_length IS NOT NULL`,
  ),
};
