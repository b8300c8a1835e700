/**
 * Which parked jobs come back. A key's jobs need not be alike: they may be in queues that different workers serve, and each has
 * a limit of its own. Those that agree in all three have the same chance, and the best of them speaks for the others; so it is
 * the best of each such group that comes back, if fewer run than its limit, and a job that nobody serves, or with a
 * lower limit, keeps nobody else waiting.
 *
 * What holds between statements: of a group that could start n more, the n best are not parked. So a claim, which reads only what
 * is not parked, takes the jobs in their order, and a new one does not overtake them. Therefore one comes back too when
 * one that was not parked is cancelled, deleted or edited.
 */
import { type Kysely, sql } from "kysely";

const WAITS = `parked = 1 AND state IN ('pending', 'failed')`;
const IN_ORDER = `queue, limit_max, priority DESC, run_at, seq`;

/**
 * The next greater group's first job is its best one: the index has them in this order. The pluses take the affinity away,
 * without which SQLite would seek by the first column only, and read all of a group to come to the next.
 */
const FETCH_BEST = `
  UPDATE jobs SET parked = 0 WHERE seq IN (
    WITH RECURSIVE best (seq) AS (
      SELECT * FROM (
        SELECT seq FROM jobs INDEXED BY jobs_parked WHERE ${WAITS} AND limit_key = old.limit_key
        ORDER BY ${IN_ORDER} LIMIT 1)
      UNION ALL
      SELECT (
        SELECT seq FROM jobs AS next INDEXED BY jobs_parked
        WHERE ${WAITS} AND limit_key = old.limit_key AND (queue, limit_max) > (+job.queue, +job.limit_max)
        ORDER BY ${IN_ORDER} LIMIT 1)
      FROM best CROSS JOIN jobs AS job ON job.seq = best.seq
    )
    SELECT job.seq FROM best CROSS JOIN jobs AS job ON job.seq = best.seq
    WHERE job.limit_max > (
      SELECT count(*) FROM jobs AS other INDEXED BY jobs_limited
      WHERE other.state = 'processing' AND other.limit_key = old.limit_key));`;

const STATEMENTS = [
  `DROP TRIGGER jobs_unpark`,
  // The rule was another one: whoever still has to wait is parked again when a claim comes upon it.
  `UPDATE jobs INDEXED BY jobs_parked SET parked = 0 WHERE ${WAITS}`,
  `DROP INDEX jobs_parked`,
  `CREATE INDEX jobs_parked ON jobs (limit_key, queue, limit_max, priority DESC, run_at, seq) WHERE ${WAITS}`,
  `CREATE TRIGGER jobs_unpark AFTER UPDATE OF state ON jobs
    WHEN old.limit_key IS NOT NULL AND old.parked = 0 AND new.state <> old.state
      AND (old.state = 'processing' OR (old.state IN ('pending', 'failed')
        AND new.state NOT IN ('pending', 'processing', 'failed')))
  BEGIN ${FETCH_BEST} END`,
  `CREATE TRIGGER jobs_unpark_delete AFTER DELETE ON jobs
    WHEN old.limit_key IS NOT NULL AND old.parked = 0 AND old.state IN ('pending', 'failed')
  BEGIN ${FETCH_BEST} END`,
  // Only an edit writes the priority, also where it leaves it as it was; it may have put the job behind the others.
  `CREATE TRIGGER jobs_unpark_edit AFTER UPDATE OF priority ON jobs
    WHEN old.limit_key IS NOT NULL AND old.parked = 0 AND old.state IN ('pending', 'failed')
  BEGIN ${FETCH_BEST} END`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
