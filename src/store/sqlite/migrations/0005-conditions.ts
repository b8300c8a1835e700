/**
 * What else a job may have to wait for than its time: other jobs, a unique key, a limit.
 *
 * A dependency keeps its own status, so that the parent may be deleted once it has ended, and a join of a thousand parents
 * looks at one row for each. It names the parent by id: a job that is replaced keeps the ones that wait for it.
 *
 * A due job whose limit key is in full use is parked: it leaves the index that claims read, so that jobs behind it do
 * not wait for it, and a million like it cost nothing. The trigger fetches the best one back whenever a job with the key stops
 * running, in whatever way and whoever noticed.
 */
import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `ALTER TABLE jobs ADD COLUMN unique_key TEXT`,
  `ALTER TABLE jobs ADD COLUMN limit_key TEXT`,
  `ALTER TABLE jobs ADD COLUMN limit_max INTEGER CHECK (limit_max >= 1)`,
  `ALTER TABLE jobs ADD COLUMN parked INTEGER NOT NULL DEFAULT 0 CHECK (parked IN (0, 1))`,
  `ALTER TABLE jobs ADD COLUMN deadline_ms INTEGER CHECK (deadline_ms > 0)`,
  `ALTER TABLE jobs ADD COLUMN deadline_at INTEGER`,
  `ALTER TABLE jobs ADD COLUMN on_unmet TEXT NOT NULL DEFAULT 'bury' CHECK (on_unmet IN ('bury', 'hold'))`,
  `ALTER TABLE jobs ADD COLUMN unmet INTEGER NOT NULL DEFAULT 0 CHECK (unmet IN (0, 1))`,
  `ALTER TABLE jobs ADD COLUMN options TEXT CHECK (json_valid(options) AND json_type(options) = 'object')`,

  `DROP INDEX jobs_due`,
  // What can be claimed, in the order in which it is. State comes last only so that counting needs no look at the rows.
  `CREATE INDEX jobs_due ON jobs (queue, priority DESC, run_at, seq, state)
    WHERE state IN ('pending', 'failed') AND parked = 0`,
  `CREATE INDEX jobs_parked ON jobs (limit_key, priority DESC, run_at, seq)
    WHERE parked = 1 AND state IN ('pending', 'failed')`,
  `CREATE INDEX jobs_limited ON jobs (limit_key) WHERE state = 'processing' AND limit_key IS NOT NULL`,
  `CREATE UNIQUE INDEX jobs_unique ON jobs (unique_key)
    WHERE unique_key IS NOT NULL AND state IN ('blocked', 'pending', 'processing', 'failed')`,
  `CREATE TRIGGER jobs_unpark AFTER UPDATE OF state ON jobs
    WHEN old.state = 'processing' AND old.limit_key IS NOT NULL AND new.state <> 'processing'
  BEGIN
    UPDATE jobs SET parked = 0 WHERE seq = (
      SELECT seq FROM jobs INDEXED BY jobs_parked
      WHERE parked = 1 AND state IN ('pending', 'failed') AND limit_key = old.limit_key
      ORDER BY limit_key, priority DESC, run_at, seq LIMIT 1);
  END`,

  `CREATE TABLE dependencies (
    parent    TEXT NOT NULL,
    child     INTEGER NOT NULL REFERENCES jobs (seq) ON DELETE CASCADE,
    condition TEXT NOT NULL CHECK (condition IN ('ok', 'fail', 'any')),
    status    TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'met', 'unmet')),
    PRIMARY KEY (parent, child)
  ) STRICT, WITHOUT ROWID`,
  `CREATE INDEX dependencies_of ON dependencies (child, status)`,

  `ALTER TABLE queues ADD COLUMN concurrency INTEGER CHECK (concurrency >= 1)`,
  `ALTER TABLE queues ADD COLUMN rate_count INTEGER CHECK (rate_count >= 1)`,
  `ALTER TABLE queues ADD COLUMN rate_ms INTEGER CHECK (rate_ms >= 1)`,
  `ALTER TABLE queues ADD COLUMN max_length INTEGER CHECK (max_length >= 1)`,
  `CREATE TABLE queue_starts (
    queue      TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    fence      INTEGER NOT NULL,
    PRIMARY KEY (queue, started_at, fence)
  ) STRICT, WITHOUT ROWID`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
