/** What is done when a job ends or moves. It moves from here to `store/shared`. */
/** The command as one would type it. */
const COMMAND_TEXT = `(
  SELECT group_concat(
    CASE WHEN json_type(new.command) = 'text' OR (value <> '' AND value NOT GLOB '*[^A-Za-z0-9_@%+=:,./-]*') THEN value
      ELSE '''' || replace(value, '''', '''\\''''') || '''' END, ' ')
  FROM json_each(new.command))`;

const isoTime = (ms: string) => `coalesce(strftime('%Y-%m-%dT%H:%M:%fZ', ${ms} / 1000.0, 'unixepoch'), '')`;

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

export const BEHAVIOUR: readonly string[] = [
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
  `CREATE TRIGGER jobs_hooks AFTER UPDATE OF finished_at ON jobs
    WHEN new.state IN ('completed', 'failed', 'dead') AND old.state <> new.state AND new.queue <> '_hooks'
      AND (json_extract(new.options, '$.hooks') IS NOT NULL
        OR EXISTS (SELECT 1 FROM queues WHERE name = new.queue AND hooks IS NOT NULL))
  BEGIN
    INSERT INTO jobs (id, command, state, queue, priority, max_retries, timeout_ms, limit_key, limit_max, cwd, env, tags,
      run_at, created_at, updated_at, options)
    SELECT lower(hex(randomblob(6))), hook.value -> '$.command', 'pending', '_hooks',
      new.priority + (hook.value -> '$.limit_key' IS NULL), hook.value ->> '$.max_retries', hook.value ->> '$.timeout_ms',
      hook.value ->> '$.limit_key', iif(hook.value -> '$.limit_key' IS NULL, NULL, 1), coalesce(hook.value ->> '$.cwd', new.cwd),
      json_patch(
        json_object(
          'QUEUECTL_HOOK', new.state,
          'QUEUECTL_HOOK_JOB_ID', new.id,
          'QUEUECTL_HOOK_QUEUE', new.queue,
          'QUEUECTL_HOOK_STATE', new.state,
          'QUEUECTL_HOOK_ATTEMPT', cast(new.runs AS TEXT),
          'QUEUECTL_HOOK_ATTEMPTS', cast(new.attempts AS TEXT),
          'QUEUECTL_HOOK_EXIT_CODE', coalesce(cast(new.exit_code AS TEXT), ''),
          'QUEUECTL_HOOK_SIGNAL', coalesce(new.signal, ''),
          'QUEUECTL_HOOK_ERROR', substr(coalesce(new.last_error, ''), 1, 4096),
          'QUEUECTL_HOOK_COMMAND', substr(${COMMAND_TEXT}, 1, 4096),
          'QUEUECTL_HOOK_TAGS', (SELECT substr(coalesce(group_concat(value, ','), ''), 1, 4096) FROM json_each(new.tags)),
          'QUEUECTL_HOOK_STARTED_AT', ${isoTime("new.started_at")},
          'QUEUECTL_HOOK_FINISHED_AT', ${isoTime("new.updated_at")}),
        coalesce(hook.value -> '$.env', '{}')),
      '[]', new.updated_at, new.updated_at, new.updated_at, hook.value -> '$.options'
    FROM (
        SELECT new.options -> '$.hooks' AS hooks
        UNION ALL
        SELECT hooks FROM queues WHERE name = new.queue) AS source,
      json_each(source.hooks) AS hook
    WHERE new.state IN (SELECT value FROM json_each(hook.value, '$.on'));
  END`,
];
