/**
 * What keeps looking cheap however many jobs there are. Triggers count the jobs by queue and state, in the transaction that
 * changes them and whoever makes the change; code that counted along would leak at the first crash or forgotten statement.
 * Jobs that have tags are found by them; one without tags costs nothing.
 *
 * The counts are also the list of the (queue, state) pairs that there are. With it two indexes serve every list: what is asked
 * for is a few ranges of an index, each in order, and the best of each are merged.
 */
import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  // A pair whose jobs have moved on stays with 0: it will be there again. When a job is deleted, those of its queue go.
  `CREATE TABLE job_counts (
    queue TEXT NOT NULL,
    state TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (queue, state)
  ) STRICT, WITHOUT ROWID`,
  `INSERT INTO job_counts (queue, state, count) SELECT queue, state, count(*) FROM jobs GROUP BY queue, state`,
  `CREATE TRIGGER jobs_count_insert AFTER INSERT ON jobs BEGIN
    INSERT INTO job_counts (queue, state, count) VALUES (new.queue, new.state, 1)
      ON CONFLICT DO UPDATE SET count = count + 1;
  END`,
  `CREATE TRIGGER jobs_count_update AFTER UPDATE OF state, queue ON jobs
    WHEN old.state IS NOT new.state OR old.queue IS NOT new.queue
  BEGIN
    UPDATE job_counts SET count = count - 1 WHERE queue = old.queue AND state = old.state;
    INSERT INTO job_counts (queue, state, count) VALUES (new.queue, new.state, 1)
      ON CONFLICT DO UPDATE SET count = count + 1;
  END`,
  `CREATE TRIGGER jobs_count_delete AFTER DELETE ON jobs BEGIN
    UPDATE job_counts SET count = count - 1 WHERE queue = old.queue AND state = old.state;
    DELETE FROM job_counts WHERE queue = old.queue AND count = 0;
  END`,

  `CREATE TABLE job_tags (
    tag TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (tag, seq)
  ) STRICT, WITHOUT ROWID`,
  `INSERT INTO job_tags (tag, seq) SELECT DISTINCT value, seq FROM jobs, json_each(jobs.tags) WHERE jobs.tags <> '[]'`,
  `CREATE TRIGGER jobs_tag_insert AFTER INSERT ON jobs WHEN new.tags <> '[]' BEGIN
    INSERT INTO job_tags (tag, seq) SELECT DISTINCT value, new.seq FROM json_each(new.tags);
  END`,
  `CREATE TRIGGER jobs_tag_delete AFTER DELETE ON jobs WHEN old.tags <> '[]' BEGIN
    DELETE FROM job_tags WHERE tag IN (SELECT value FROM json_each(old.tags)) AND seq = old.seq;
  END`,

  `DROP INDEX jobs_by_state`,
  // Finds the leases too: there are as many as slots, so an index by worker or by expiry would cost more than it saves.
  `CREATE INDEX jobs_by_state ON jobs (state, queue, seq)`,
  `CREATE INDEX jobs_by_update ON jobs (state, queue, updated_at, seq)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
