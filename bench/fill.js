/** Fills a store with jobs that nobody will run: by turns scheduled for later, completed and dead. Returns the home. */
const TEN_YEARS_MS = 10 * 365 * 86_400_000;

/** Ids as random as the ones that the queue makes up, since what a long index costs depends on that. */
const JOBS = `
  INSERT INTO jobs (id, command, state, queue, priority, attempts, max_retries, cwd, env, tags, run_at, created_at, updated_at,
    started_at, finished_at, exit_code, last_error, worker_id, fence, runs)
  WITH RECURSIVE
    number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < @others),
    kind (n, state) AS (SELECT n, CASE n % 3 WHEN 0 THEN 'pending' WHEN 1 THEN 'completed' ELSE 'dead' END FROM number),
    job (n, state, ended) AS (SELECT n, state, state <> 'pending' FROM kind)
  SELECT lower(hex(randomblob(8))), json_quote('convert in-' || n || '.png out-' || n || '.webp'), state, 'default', 0, ended, 1, '/tmp', '{}', '[]',
    @now + iif(ended, -1000, @later), @now - 2000, @now - iif(ended, 0, 2000), iif(ended, @now - 1000, NULL), iif(ended, @now, NULL),
    CASE state WHEN 'completed' THEN 0 WHEN 'dead' THEN 1 END, iif(state = 'dead', 'exit code 1', NULL), iif(ended, 'earlier', NULL),
    iif(ended, n, 0), ended
  FROM job`;

const ATTEMPTS = `
  INSERT INTO attempts (fence, job_id, attempt, worker_id, pid, started_at, finished_at, outcome, exit_code, error, stdout, stderr)
  SELECT fence, id, 1, worker_id, 4711, started_at, finished_at, iif(state = 'completed', 'succeeded', 'failed'), exit_code, last_error, x'', x''
  FROM jobs WHERE fence > 0 ORDER BY fence`;

export function fill(home, others) {
  if (others === 0) return home;
  const { sql } = home;
  sql.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000");
  sql.transaction(() => {
    sql.prepare(JOBS).run({ others, now: Date.now(), later: TEN_YEARS_MS });
    sql.exec(ATTEMPTS);
  })();
  sql.pragma("wal_checkpoint(TRUNCATE)");
  sql.exec("PRAGMA synchronous = FULL; PRAGMA cache_size = -2000");
  return home;
}
