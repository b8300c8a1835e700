/**
 * The fast lane: what a busy worker does between jobs, in one trip. It ends attempts and then claims jobs, several calls
 * side by side. It shares the lock that a transaction has alone, so it meets nothing but others of its kind, and takes
 * only what has no part in anything else.
 *
 * A plain end: the job has no limit key and no hooks, its queue has no hooks and no limit of running jobs, no job waits
 * for it, and it does not run again although its cancellation was requested. A plain claim: the job has no limit key,
 * and its queue no limit. What is not plain stays as it was, and the answer says so; a transaction has to do it.
 *
 * The plans of its statements are pinned, since statistics are never right for a table whose rows move as fast as these
 * do. Each statement sees what was committed before it began.
 *
 * The answer: a row for each claimed job in the order of the claim, and a last row with what there is to say of all.
 * `ended`: the fences of the ends that were written. `is_whole`: whether a transaction would claim no more.
 */
export const TURN = `CREATE FUNCTION turn_1(
    ended_fences bigint[], ended_ids text[], ended_states text[], ended_again boolean[], ended_renewals bigint[],
    ended_delays bigint[], ended_exit_codes bigint[], ended_signals text[], ended_errors text[], ended_results text[],
    ended_uncharged boolean[], ended_interrupted boolean[], ended_lost boolean[], ended_starts bigint[],
    ended_outcomes text[], ended_attempt_errors text[], ended_pids bigint[],
    ended_stdouts bytea[], ended_stdout_bytes bigint[], ended_stdout_sizes bigint[],
    ended_stderrs bytea[], ended_stderr_bytes bigint[], ended_stderr_sizes bigint[],
    ended_output_hosts text[], turn_number bigint,
    worker text, slots bigint, extra bigint, lease bigint, asked text[], given_time bigint)
  RETURNS TABLE (
    server_time bigint, ended bigint[], is_whole boolean, next_due_at bigint,
    place bigint, ahead boolean, fence bigint, id text, command json, queue text, priority bigint, attempts bigint,
    max_retries bigint, timeout_ms bigint, backoff_base double precision, cwd text, env json, tags json, run_at bigint,
    created_at bigint, updated_at bigint, exit_code bigint, signal text, last_error text, runs bigint,
    interruptions bigint, losses bigint, unique_key text, limit_key text, limit_max bigint, deadline_ms bigint,
    deadline_at bigint, on_unmet text, options json)
  LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off
  SET enable_hashjoin = off SET enable_mergejoin = off
  AS $$
  #variable_conflict use_column
  DECLARE
    at bigint;
    done bigint[] := '{}';
    paused_queues text[];
    limited text[];
    full_queues text[] := '{}';
    chosen bigint[];
    stop bigint;
  BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('queuectl'), hashtext(current_schema()));
    at := coalesce(given_time, (extract(epoch FROM clock_timestamp()) * 1000)::bigint);
    server_time := at;

    IF cardinality(ended_fences) > 0 THEN
      WITH s AS MATERIALIZED (
        SELECT * FROM unnest(ended_fences, ended_ids, ended_states, ended_again, ended_renewals, ended_delays,
          ended_exit_codes, ended_signals, ended_errors, ended_results, ended_uncharged, ended_interrupted, ended_lost,
          ended_starts, ended_outcomes, ended_attempt_errors, ended_pids, ended_stdouts, ended_stdout_bytes,
          ended_stdout_sizes, ended_stderrs, ended_stderr_bytes, ended_stderr_sizes, ended_output_hosts)
        AS s (fence, id, state, again, renewals, delay, exit_code, signal, error, result, uncharged, interrupted, lost,
          start, outcome, attempt_error, pid, stdout, stdout_bytes, stdout_size, stderr, stderr_bytes, stderr_size, output_host)
      ), job AS (
        UPDATE jobs SET
          state = s.state, run_at = coalesce(at + s.delay, least(jobs.run_at, at)),
          finished_at = CASE WHEN s.state IN ('completed', 'dead', 'cancelled') THEN greatest(jobs.updated_at, at) END,
          updated_at = greatest(jobs.updated_at, at), exit_code = s.exit_code, signal = s.signal, last_error = s.error,
          result = s.result, attempts = greatest(jobs.attempts - s.uncharged::int, 0),
          interruptions = jobs.interruptions + s.interrupted::int,
          losses = CASE WHEN s.lost THEN jobs.losses + 1 ELSE 0 END,
          started_at = greatest(jobs.started_at, least(s.start, at)),
          lease_expires_at = NULL, lease_ms = NULL, cancel_requested_at = NULL, cancel_reason = NULL
        FROM s
        WHERE jobs.id = s.id AND jobs.state = 'processing' AND jobs.fence = s.fence
          AND jobs.renewals = coalesce(s.renewals, jobs.renewals) AND jobs.limit_key IS NULL
          AND NOT (s.again AND jobs.cancel_requested_at IS NOT NULL)
          AND (jobs.options IS NULL OR jobs.options -> 'hooks' IS NULL)
          AND NOT EXISTS (SELECT 1 FROM queues WHERE queues.name = jobs.queue AND (queues.hooks IS NOT NULL OR queues.concurrency IS NOT NULL))
          AND NOT EXISTS (SELECT 1 FROM dependencies WHERE dependencies.parent = jobs.id)
        RETURNING jobs.fence
      ), attempt AS (
        UPDATE attempts SET
          started_at = greatest(attempts.started_at, least(s.start, at)),
          finished_at = greatest(attempts.started_at, at),
          outcome = s.outcome, exit_code = s.exit_code, signal = s.signal, error = s.attempt_error, result = s.result,
          pid = coalesce(s.pid, attempts.pid), stdout = s.stdout, stdout_bytes = s.stdout_bytes,
          stdout_size = s.stdout_size, stderr = s.stderr, stderr_bytes = s.stderr_bytes, stderr_size = s.stderr_size,
          output_host = s.output_host
        FROM job JOIN s ON s.fence = job.fence WHERE attempts.fence = s.fence
      )
      SELECT coalesce(array_agg(job.fence), '{}') INTO done FROM job;
    END IF;
    ended := done;

    IF cardinality(done) < cardinality(ended_fences) OR worker IS NULL THEN
      is_whole := false;
      RETURN NEXT;
      RETURN;
    END IF;

    SELECT coalesce(array_agg(name) FILTER (WHERE paused), '{}'),
      coalesce(array_agg(name) FILTER (WHERE concurrency IS NOT NULL OR rate_count IS NOT NULL), '{}')
      INTO paused_queues, limited FROM queues;
    IF cardinality(limited) > 0 THEN
      full_queues := ARRAY(
        SELECT name FROM queues
        WHERE name = ANY (limited) AND NOT paused AND (
          CASE WHEN concurrency IS NULL THEN false ELSE concurrency <= (
            SELECT coalesce(sum(count), 0) FROM job_counts WHERE queue = name AND state = 'processing') END
          OR CASE WHEN rate_count IS NULL THEN false ELSE rate_count <= (
            SELECT count(*) FROM queue_starts
            WHERE queue_starts.queue = name AND started_at > at - rate_ms AND started_at <= at) END));
    END IF;

    SELECT array_agg(found.seq ORDER BY found.place), min(found.place) FILTER (WHERE found.is_limited)
      INTO chosen, stop
      FROM (
        SELECT due.seq, due.is_limited, row_number() OVER (ORDER BY lanes.priority DESC, due.run_at, due.seq) AS place
        FROM lanes CROSS JOIN LATERAL (
          SELECT jobs.seq, jobs.run_at, jobs.limit_key IS NOT NULL OR jobs.queue = ANY (limited) AS is_limited
          FROM jobs
          WHERE jobs.state IN ('pending', 'failed') AND NOT jobs.parked
            AND jobs.queue = lanes.queue AND jobs.priority = lanes.priority AND jobs.run_at <= at
          ORDER BY jobs.run_at, jobs.seq LIMIT slots + extra FOR NO KEY UPDATE SKIP LOCKED) AS due
        WHERE (asked IS NULL OR lanes.queue = ANY (asked))
          AND lanes.queue <> ALL (paused_queues) AND lanes.queue <> ALL (full_queues)
        ORDER BY lanes.priority DESC, due.run_at, due.seq LIMIT slots + extra) AS found;
    IF stop <= slots THEN
      is_whole := false;
      RETURN NEXT;
      RETURN;
    END IF;
    chosen := coalesce(chosen[1:coalesce(stop - 1, slots + extra)], '{}');

    IF cardinality(chosen) > 0 THEN
      RETURN QUERY WITH taken AS (
        UPDATE jobs SET
          state = 'processing', attempts = jobs.attempts + 1, runs = jobs.runs + 1, worker_id = worker,
          fence = nextval('fences'), lease_expires_at = at + lease, lease_ms = lease, renewals = 0,
          started_at = greatest(jobs.updated_at, at), updated_at = greatest(jobs.updated_at, at), result = NULL,
          progress = NULL, progress_message = NULL
        FROM unnest(chosen) WITH ORDINALITY AS next (seq, place) WHERE jobs.seq = next.seq
        RETURNING next.place, jobs.*
      ), begun AS (
        INSERT INTO attempts (fence, job, attempt, worker_id, ahead, turn, started_at)
        SELECT taken.fence, taken.seq, taken.runs, worker, taken.place > slots, turn_number, taken.started_at FROM taken
      )
      SELECT NULL::bigint, NULL::bigint[], NULL::boolean, NULL::bigint, taken.place, taken.place > slots, taken.fence,
        taken.id, taken.command, taken.queue, taken.priority, taken.attempts, taken.max_retries, taken.timeout_ms,
        taken.backoff_base, taken.cwd, taken.env, taken.tags, taken.run_at, taken.created_at, taken.updated_at,
        taken.exit_code, taken.signal, taken.last_error, taken.runs, taken.interruptions, taken.losses,
        taken.unique_key, taken.limit_key, taken.limit_max, taken.deadline_ms, taken.deadline_at, taken.on_unmet,
        taken.options
      FROM taken ORDER BY taken.place;
    END IF;

    SELECT min(later.run_at) INTO next_due_at
      FROM lanes CROSS JOIN LATERAL (
        SELECT jobs.run_at FROM jobs
        WHERE jobs.state IN ('pending', 'failed') AND NOT jobs.parked
          AND jobs.queue = lanes.queue AND jobs.priority = lanes.priority AND jobs.run_at > at
        ORDER BY jobs.run_at LIMIT 1) AS later
      WHERE (asked IS NULL OR lanes.queue = ANY (asked)) AND lanes.queue <> ALL (paused_queues);

    is_whole := NOT EXISTS (SELECT 1 FROM queues WHERE name = ANY (full_queues) AND rate_count IS NOT NULL);
    IF is_whole AND cardinality(chosen) < slots THEN
      is_whole := NOT EXISTS (
          SELECT 1 FROM lanes CROSS JOIN LATERAL (
            SELECT 1 FROM jobs
            WHERE jobs.state IN ('pending', 'failed') AND NOT jobs.parked
              AND jobs.queue = lanes.queue AND jobs.priority = lanes.priority AND jobs.run_at <= at
            ORDER BY jobs.run_at LIMIT 1) AS due
          WHERE (asked IS NULL OR lanes.queue = ANY (asked))
            AND lanes.queue <> ALL (paused_queues) AND lanes.queue <> ALL (full_queues))
        AND NOT EXISTS (
          SELECT 1 FROM jobs WHERE jobs.state IN ('pending', 'failed') AND jobs.parked ORDER BY jobs.limit_key LIMIT 1);
    END IF;
    RETURN NEXT;
  END $$`;
