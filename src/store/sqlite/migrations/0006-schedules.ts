/**
 * Schedules, and what came of their ticks. A tick's row goes in with its job in one transaction, and its key lets it in only once:
 * so however many supervisors look, and wherever they die, a tick has one job. Few ticks are kept; what keeps an old one from
 * coming again is that `next_at` only moves on.
 */
import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `CREATE TABLE schedules (
    name       TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
    cron       TEXT NOT NULL,
    seconds    INTEGER NOT NULL CHECK (seconds IN (0, 1)),
    zone       TEXT NOT NULL,
    overlap    TEXT NOT NULL CHECK (overlap IN ('skip', 'queue', 'allow')),
    catchup    TEXT NOT NULL CHECK (catchup IN ('none', 'latest', 'all')),
    job        TEXT NOT NULL CHECK (json_valid(job) AND json_type(job) = 'object'),
    paused     INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    next_at    INTEGER,
    last_job   TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
  `CREATE INDEX schedules_due ON schedules (next_at) WHERE paused = 0 AND next_at IS NOT NULL`,
  `CREATE TABLE schedule_ticks (
    schedule TEXT NOT NULL REFERENCES schedules (name) ON DELETE CASCADE,
    tick_at  INTEGER NOT NULL,
    outcome  TEXT NOT NULL CHECK (outcome IN ('fired', 'skipped', 'refused', 'manual')),
    job_id   TEXT CHECK ((job_id IS NOT NULL) = (outcome IN ('fired', 'manual'))),
    note     TEXT,
    PRIMARY KEY (schedule, tick_at)
  ) STRICT, WITHOUT ROWID`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
