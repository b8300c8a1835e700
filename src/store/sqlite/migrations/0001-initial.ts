/**
 * The first schema. A migration is history: it spells out its values instead of taking them from code that will change.
 *
 * The fence is the AUTOINCREMENT key of the attempt: global and never used twice, so that a job that was deleted and
 * enqueued again under its old id can never be settled by a zombie of its former life. The CHECKs hold what every statement
 * relies on: exactly the processing jobs have a lease, exactly the finished ones an end.
 *
 * What comes later finds its place without a change to what is here: dependencies are a table of (job, needs) that keeps
 * a job `blocked`; unique keys and limit keys are columns of jobs, each with a partial index over the states it is about;
 * schedules are a table of their own; a host is found through the worker that holds the lease.
 */
import { type Kysely, sql } from "kysely";

const STATEMENTS = [
  `CREATE TABLE jobs (
    seq                 INTEGER PRIMARY KEY AUTOINCREMENT,
    id                  TEXT NOT NULL UNIQUE CHECK (id <> ''),
    command             TEXT NOT NULL CHECK (json_valid(command) AND json_type(command) IN ('text', 'array')),
    state               TEXT NOT NULL CHECK (state IN ('blocked', 'pending', 'processing', 'completed', 'failed', 'dead', 'cancelled')),
    queue               TEXT NOT NULL CHECK (queue <> ''),
    priority            INTEGER NOT NULL,
    attempts            INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    max_retries         INTEGER CHECK (max_retries >= 1),
    timeout_ms          INTEGER CHECK (timeout_ms >= 0),
    backoff_base        REAL CHECK (backoff_base >= 0),
    cwd                 TEXT NOT NULL,
    env                 TEXT NOT NULL CHECK (json_valid(env) AND json_type(env) = 'object'),
    tags                TEXT NOT NULL CHECK (json_valid(tags) AND json_type(tags) = 'array'),
    run_at              INTEGER NOT NULL,
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    started_at          INTEGER,
    finished_at         INTEGER,
    exit_code           INTEGER,
    signal              TEXT,
    last_error          TEXT,
    worker_id           TEXT,
    fence               INTEGER NOT NULL DEFAULT 0 CHECK (fence >= 0),
    lease_expires_at    INTEGER,
    renewals            INTEGER NOT NULL DEFAULT 0 CHECK (renewals >= 0),
    runs                INTEGER NOT NULL DEFAULT 0 CHECK (runs >= 0),
    interruptions       INTEGER NOT NULL DEFAULT 0 CHECK (interruptions >= 0),
    losses              INTEGER NOT NULL DEFAULT 0 CHECK (losses >= 0),
    cancel_requested_at INTEGER,
    cancel_reason       TEXT,
    CHECK ((state = 'processing') = (lease_expires_at IS NOT NULL)),
    CHECK (state <> 'processing' OR (worker_id IS NOT NULL AND fence > 0 AND started_at IS NOT NULL)),
    CHECK ((state IN ('completed', 'dead', 'cancelled')) = (finished_at IS NOT NULL)),
    CHECK (cancel_requested_at IS NULL OR state = 'processing')
  ) STRICT`,
  // What can be claimed, in the order in which it is. State comes last only so that counting needs no look at the rows.
  `CREATE INDEX jobs_due ON jobs (queue, priority DESC, run_at, seq, state) WHERE state IN ('pending', 'failed')`,
  // Finds the leases too: there are as many as slots, so an index by worker or by expiry would cost more than it saves.
  `CREATE INDEX jobs_by_state ON jobs (state, seq)`,

  // The streams come last, so that reading the rest of a row does not read through them.
  `CREATE TABLE attempts (
    fence        INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id       TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    attempt      INTEGER NOT NULL CHECK (attempt >= 1),
    worker_id    TEXT NOT NULL,
    pid          INTEGER CHECK (pid > 0),
    started_at   INTEGER NOT NULL,
    finished_at  INTEGER,
    outcome      TEXT CHECK (outcome IN ('succeeded', 'failed', 'killed', 'timed-out', 'not-started', 'cancelled', 'interrupted', 'lost')),
    exit_code    INTEGER,
    signal       TEXT,
    error        TEXT,
    stdout_bytes INTEGER NOT NULL DEFAULT 0 CHECK (stdout_bytes >= 0),
    stderr_bytes INTEGER NOT NULL DEFAULT 0 CHECK (stderr_bytes >= 0),
    stdout_file  TEXT,
    stderr_file  TEXT,
    stdout       BLOB,
    stderr       BLOB,
    UNIQUE (job_id, attempt),
    CHECK ((outcome IS NULL) = (finished_at IS NULL))
  ) STRICT`,

  `CREATE TABLE processes (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('supervisor', 'worker')),
    host          TEXT NOT NULL,
    boot_id       TEXT NOT NULL,
    pid           INTEGER NOT NULL,
    start_time    TEXT NOT NULL,
    supervisor_id TEXT,
    state         TEXT NOT NULL CHECK (state IN ('starting', 'running', 'draining', 'degraded')),
    restarts      INTEGER NOT NULL CHECK (restarts >= 0),
    started_at    INTEGER NOT NULL,
    heartbeat_at  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,

  `CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,

  // Only queues that somebody has said something about.
  `CREATE TABLE queues (
    name   TEXT PRIMARY KEY,
    paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1))
  ) STRICT, WITHOUT ROWID`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
