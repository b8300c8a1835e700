/**
 * The first schema. A migration is history: it spells out its values instead of taking them from code that will change.
 *
 * Triggers keep derived data and nothing else: the counts of jobs by queue and state, and the tags. Code that counted
 * along would leak at the first statement that forgets it. What follows from a change is code, see `store/shared`.
 *
 * Any SQLite from 3.37 on must call the file sound, since people look at it with the one that their system has. So no
 * CHECK asks a JSON function about NULL (`json_valid(NULL)` was 0 before 3.42), and no index or trigger uses an
 * operator that is younger.
 */

/**
 * The same as `column IN (…)`, for the CHECKs of the tables that change often. Of more than two values SQLite makes a
 * table, at each statement, and searches it for each row: that cost a fifth of inserting many jobs.
 */
function oneOf(column: string, values: readonly string[]): string {
  return `(${values.map((value) => `${column} = '${value}'`).join(" OR ")})`;
}

const JOBS = [
  // The fence is the AUTOINCREMENT key of the attempt: global and never used twice. So an attempt of a job that was deleted
  // and enqueued again under its old id can never be settled as one of the new job.
  //
  // The CHECKs hold what every statement relies on: exactly the processing jobs have a lease, exactly the finished ones an
  // end. A job's result is there twice: with the attempt that left it, and with the job for as long as that attempt is the
  // newest. A list of jobs then needs no look at their attempts. No CHECK says that a result is JSON: what a job writes must
  // never be able to keep its end from being recorded.
  `CREATE TABLE jobs (
    seq                 INTEGER PRIMARY KEY AUTOINCREMENT,
    id                  TEXT NOT NULL UNIQUE CHECK (id <> ''),
    command             TEXT NOT NULL CHECK (json_valid(command) AND json_type(command) IN ('text', 'array')),
    state               TEXT NOT NULL CHECK (${oneOf("state", ["blocked", "pending", "processing", "completed", "failed", "dead", "cancelled"])}),
    queue               TEXT NOT NULL CHECK (queue <> ''),
    priority            INTEGER NOT NULL,
    attempts            INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    max_retries         INTEGER CHECK (max_retries >= 1),
    timeout_ms          INTEGER CHECK (timeout_ms >= 0),
    backoff_base        REAL CHECK (backoff_base >= 0),
    cwd                 TEXT NOT NULL,
    env                 TEXT NOT NULL CHECK (env = '{}' OR (json_valid(env) AND json_type(env) = 'object')),
    tags                TEXT NOT NULL CHECK (tags = '[]' OR (json_valid(tags) AND json_type(tags) = 'array')),
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
    lease_ms            INTEGER CHECK (lease_ms > 0),
    renewals            INTEGER NOT NULL DEFAULT 0 CHECK (renewals >= 0),
    runs                INTEGER NOT NULL DEFAULT 0 CHECK (runs >= 0),
    interruptions       INTEGER NOT NULL DEFAULT 0 CHECK (interruptions >= 0),
    losses              INTEGER NOT NULL DEFAULT 0 CHECK (losses >= 0),
    cancel_requested_at INTEGER,
    cancel_reason       TEXT,
    result              TEXT,
    progress            REAL CHECK (progress BETWEEN 0 AND 100),
    progress_message    TEXT,
    unique_key          TEXT,
    limit_key           TEXT,
    limit_max           INTEGER CHECK (limit_max >= 1),
    parked              INTEGER NOT NULL DEFAULT 0 CHECK (parked IN (0, 1)),
    deadline_ms         INTEGER CHECK (deadline_ms > 0),
    deadline_at         INTEGER,
    on_unmet            TEXT NOT NULL DEFAULT 'bury' CHECK (on_unmet IN ('bury', 'hold')),
    unmet               INTEGER NOT NULL DEFAULT 0 CHECK (unmet IN (0, 1)),
    options             TEXT CHECK (options IS NULL OR (json_valid(options) AND json_type(options) = 'object')),
    CHECK ((state = 'processing') = (lease_expires_at IS NOT NULL)),
    CHECK ((lease_expires_at IS NULL) = (lease_ms IS NULL)),
    CHECK (state <> 'processing' OR (worker_id IS NOT NULL AND fence > 0 AND started_at IS NOT NULL)),
    CHECK (${oneOf("state", ["completed", "dead", "cancelled"])} = (finished_at IS NOT NULL)),
    CHECK (cancel_requested_at IS NULL OR state = 'processing')
  ) STRICT`,
  // What can be claimed, in the order in which it is. State comes last only so that counting needs no look at the rows.
  `CREATE INDEX jobs_due ON jobs (queue, priority DESC, run_at, seq, state)
    WHERE state IN ('pending', 'failed') AND parked = 0`,
  // A due job whose limit key is in full use is parked: it leaves the index that claims read. So jobs behind it do not wait
  // for it, and a million like it cost nothing. See `store/shared/limits/parking.ts`.
  `CREATE INDEX jobs_parked ON jobs (limit_key, queue, limit_max, priority DESC, run_at, seq)
    WHERE parked = 1 AND state IN ('pending', 'failed')`,
  `CREATE INDEX jobs_limited ON jobs (limit_key) WHERE state = 'processing' AND limit_key IS NOT NULL`,
  `CREATE UNIQUE INDEX jobs_unique ON jobs (unique_key)
    WHERE unique_key IS NOT NULL AND state IN ('blocked', 'pending', 'processing', 'failed')`,
  // Finds the leases too: there are as many as slots, so an index by worker or by expiry would cost more than it saves.
  `CREATE INDEX jobs_by_state ON jobs (state, queue, seq)`,
  `CREATE INDEX jobs_by_update ON jobs (state, queue, updated_at, seq)`,
  // The dead jobs that are not in the dead-letter queue are few, and the counts know how many are dead. The state is asked
  // first, so that a claim or a settlement looks into no options.
  `CREATE INDEX jobs_acknowledged ON jobs (state, queue, fence, json_extract(options, '$.acknowledged'))
    WHERE state = 'dead' AND json_extract(options, '$.acknowledged') IS NOT NULL`,

  // The streams come last, so that reading the rest of a row does not read through them. `ahead`: the job was claimed before
  // a slot was free, so that its command may never have begun if its worker dies.
  `CREATE TABLE attempts (
    fence        INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id       TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    attempt      INTEGER NOT NULL CHECK (attempt >= 1),
    worker_id    TEXT NOT NULL,
    pid          INTEGER CHECK (pid > 0),
    ahead        INTEGER NOT NULL DEFAULT 0 CHECK (ahead IN (0, 1)),
    started_at   INTEGER NOT NULL,
    finished_at  INTEGER,
    outcome      TEXT CHECK (${oneOf("outcome", ["succeeded", "failed", "killed", "timed-out", "not-started", "cancelled", "interrupted", "lost"])}),
    exit_code    INTEGER,
    signal       TEXT,
    error        TEXT,
    result       TEXT,
    stdout_bytes INTEGER NOT NULL DEFAULT 0 CHECK (stdout_bytes >= 0),
    stderr_bytes INTEGER NOT NULL DEFAULT 0 CHECK (stderr_bytes >= 0),
    stdout_file  TEXT,
    stderr_file  TEXT,
    stdout       BLOB,
    stderr       BLOB,
    UNIQUE (job_id, attempt),
    CHECK ((outcome IS NULL) = (finished_at IS NULL))
  ) STRICT`,

  // A dependency keeps its own status, so that the parent may be deleted once it has ended, and a join of a thousand parents
  // looks at one row for each. It names the parent by id: a job that is replaced keeps the ones that wait for it.
  `CREATE TABLE dependencies (
    parent    TEXT NOT NULL,
    child     INTEGER NOT NULL REFERENCES jobs (seq) ON DELETE CASCADE,
    condition TEXT NOT NULL CHECK (condition IN ('ok', 'fail', 'any')),
    status    TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'met', 'unmet')),
    PRIMARY KEY (parent, child)
  ) STRICT, WITHOUT ROWID`,
  `CREATE INDEX dependencies_of ON dependencies (child, status)`,
];

/**
 * The counts are also the list of the (queue, state) pairs that there are. With it two indexes serve every list: what
 * is asked for is a few ranges of an index, each in order, and the best of each are merged. A job without tags costs
 * nothing.
 */
const DERIVED = [
  // A pair whose jobs have moved on stays with 0: it will be there again. When a job is deleted, those of its queue go.
  `CREATE TABLE job_counts (
    queue TEXT NOT NULL,
    state TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (queue, state)
  ) STRICT, WITHOUT ROWID`,
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
  `CREATE TRIGGER jobs_tag_insert AFTER INSERT ON jobs WHEN new.tags <> '[]' BEGIN
    INSERT INTO job_tags (tag, seq) SELECT DISTINCT value, new.seq FROM json_each(new.tags);
  END`,
  `CREATE TRIGGER jobs_tag_delete AFTER DELETE ON jobs WHEN old.tags <> '[]' BEGIN
    DELETE FROM job_tags WHERE tag IN (SELECT value FROM json_each(old.tags)) AND seq = old.seq;
  END`,
];

const QUEUES = [
  // Only queues that were paused, or were given limits or hooks, at least once.
  `CREATE TABLE queues (
    name           TEXT PRIMARY KEY,
    paused         INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    concurrency    INTEGER CHECK (concurrency >= 1),
    rate_count     INTEGER CHECK (rate_count >= 1),
    rate_ms        INTEGER CHECK (rate_ms >= 1),
    max_length     INTEGER CHECK (max_length >= 1),
    hooks          TEXT CHECK (hooks IS NULL OR (json_valid(hooks) AND json_type(hooks) = 'array')),
    webhook_secret TEXT CHECK (webhook_secret <> '')
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE queue_starts (
    queue      TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    fence      INTEGER NOT NULL,
    PRIMARY KEY (queue, started_at, fence)
  ) STRICT, WITHOUT ROWID`,
];

const PROCESSES = [
  // queues: a JSON list; NULL: every queue.
  `CREATE TABLE processes (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('supervisor', 'worker')),
    host          TEXT NOT NULL,
    host_id       TEXT NOT NULL,
    boot_id       TEXT NOT NULL,
    pid_namespace TEXT NOT NULL,
    pid           INTEGER NOT NULL,
    start_time    TEXT NOT NULL,
    home          TEXT NOT NULL,
    pool          TEXT NOT NULL CHECK (pool <> ''),
    supervisor_id TEXT,
    state         TEXT NOT NULL CHECK (state IN ('starting', 'running', 'draining', 'degraded')),
    restarts      INTEGER NOT NULL CHECK (restarts >= 0),
    queues        TEXT CHECK (queues IS NULL OR (json_valid(queues) AND json_type(queues) = 'array')),
    slots         INTEGER NOT NULL CHECK (slots >= 0),
    started_at    INTEGER NOT NULL,
    heartbeat_at  INTEGER NOT NULL,
    program       TEXT CHECK (program IS NULL OR (json_valid(program) AND json_type(program) = 'object'))
  ) STRICT, WITHOUT ROWID`,
  // Each is taken once, in the order in which they were sent. When a supervisor ends, in any way, its commands go with it:
  // no other supervisor is to follow them.
  `CREATE TABLE supervisor_commands (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    supervisor_id TEXT NOT NULL REFERENCES processes (id) ON DELETE CASCADE,
    kind          TEXT NOT NULL CHECK (kind IN ('scale', 'restart')),
    workers       INTEGER CHECK (workers >= 1),
    CHECK ((kind = 'scale') = (workers IS NOT NULL))
  ) STRICT`,
  `CREATE INDEX supervisor_commands_of ON supervisor_commands (supervisor_id, number)`,
  `CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,
];

/**
 * A tick's row goes in with its job in one transaction, and its key lets it in only once: a tick has one job, even if
 * several supervisors look at once or one dies. Few ticks are kept; what keeps an old one from coming again is that
 * `next_at` only moves on.
 */
const SCHEDULES = [
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

export const INITIAL: readonly string[] = [...JOBS, ...DERIVED, ...QUEUES, ...PROCESSES, ...SCHEDULES];
