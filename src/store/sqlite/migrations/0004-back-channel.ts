/**
 * What comes from a running job to those who look at it, its progress and its result; and what is asked of a running supervisor.
 *
 * A job's result is there twice: with the attempt that left it, and with the job for as long as that attempt is the newest.
 * A list of jobs then needs no look at their attempts. No CHECK says that it is JSON: what a job writes must never be able to
 * keep its end from being recorded.
 */
import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `ALTER TABLE jobs ADD COLUMN result TEXT`,
  `ALTER TABLE jobs ADD COLUMN progress REAL CHECK (progress BETWEEN 0 AND 100)`,
  `ALTER TABLE jobs ADD COLUMN progress_message TEXT`,
  `ALTER TABLE attempts ADD COLUMN result TEXT`,

  // Each is taken once, in the order in which they were given.
  `CREATE TABLE orders (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    supervisor_id TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('scale', 'restart')),
    workers       INTEGER CHECK (workers >= 1),
    CHECK ((kind = 'scale') = (workers IS NOT NULL))
  ) STRICT`,
  // However a supervisor ends: nobody else is to follow what was asked of it.
  `CREATE TRIGGER processes_orders AFTER DELETE ON processes BEGIN
    DELETE FROM orders WHERE supervisor_id = old.id;
  END`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
