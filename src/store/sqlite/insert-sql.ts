/** The statements of `insert.ts`. */
import { sql } from "kysely";
import type { JobState } from "../../core/state.js";
import type { NewJobRow, OutputFiles } from "./rows.js";
import { statement } from "./statement.js";

/** What an insert gives, in the order of every list below. */
const COLUMNS = sql.raw("id, command, queue, priority, max_retries, timeout_ms, backoff_base, cwd, env, tags, run_at");

export const insertJob = statement<NewJobRow & { now: number }>(
  (p) => sql`
    INSERT INTO jobs (state, created_at, updated_at, ${COLUMNS})
    VALUES ('pending', ${p("now")}, ${p("now")},
      ${p("id")}, ${p("command")}, ${p("queue")}, ${p("priority")}, ${p("max_retries")}, ${p("timeout_ms")},
      ${p("backoff_base")}, ${p("cwd")}, ${p("env")}, ${p("tags")}, coalesce(${p("run_at")}, ${p("now")}))`,
);

export const stateOfJob = statement<{ id: string }, { state: JobState }>(
  (p) => sql`SELECT state FROM jobs WHERE id = ${p("id")}`,
);

export const outputFilesOfJob = statement<{ id: string }, OutputFiles>(
  (p) => sql`
    SELECT stdout_file, stderr_file FROM attempts
    WHERE job_id = ${p("id")} AND (stdout_file IS NOT NULL OR stderr_file IS NOT NULL)`,
);

/** With its attempts. Whoever calls it has made sure that the job is not processing; it looks once more. */
export const deleteJob = statement<{ id: string }>(
  (p) => sql`DELETE FROM jobs WHERE id = ${p("id")} AND state <> 'processing'`,
);

/** One temporary table for all loads of a connection, so that the text of the statements stays the same. */
export const createStaged = statement<Record<never, never>>(
  () => sql`
    CREATE TEMP TABLE IF NOT EXISTS staged (
      load, position, id, command, queue, priority, max_retries, timeout_ms, backoff_base, cwd, env, tags, run_at,
      PRIMARY KEY (load, position)
    )`,
);

export const stageJob = statement<NewJobRow & { load: number; position: number }>(
  (p) => sql`
    INSERT INTO temp.staged (load, position, ${COLUMNS})
    VALUES (${p("load")}, ${p("position")},
      ${p("id")}, ${p("command")}, ${p("queue")}, ${p("priority")}, ${p("max_retries")}, ${p("timeout_ms")},
      ${p("backoff_base")}, ${p("cwd")}, ${p("env")}, ${p("tags")}, ${p("run_at")})`,
);

/** The first staged job whose id another one had before it. */
export const firstTwice = statement<{ load: number }, { id: string; position: number }>(
  (p) => sql`
    SELECT id, position FROM (
      SELECT id, position, row_number() OVER (PARTITION BY id ORDER BY position) AS occurrence
      FROM temp.staged WHERE load = ${p("load")}
    )
    WHERE occurrence = 2 ORDER BY position LIMIT 1`,
);

/** The first staged job whose id cannot be had: taken by any job, or with `replace` by one that is processing. */
export const firstTaken = statement<
  { load: number; replace: number },
  { id: string; position: number; state: JobState }
>(
  (p) => sql`
    SELECT staged.id, staged.position, jobs.state
    FROM temp.staged CROSS JOIN jobs ON jobs.id = staged.id
    WHERE staged.load = ${p("load")} AND (jobs.state = 'processing' OR NOT ${p("replace")})
    ORDER BY staged.position LIMIT 1`,
);

/** Some of a load's positions: `from` up to, not including, `to`. */
interface Range {
  load: number;
  from: number;
  to: number;
}

export const moveStaged = statement<Range & { now: number }>(
  (p) => sql`
    INSERT INTO jobs (state, created_at, updated_at, ${COLUMNS})
    SELECT 'pending', ${p("now")}, ${p("now")},
      id, command, queue, priority, max_retries, timeout_ms, backoff_base, cwd, env, tags, coalesce(run_at, ${p("now")})
    FROM temp.staged
    WHERE load = ${p("load")} AND position >= ${p("from")} AND position < ${p("to")}
    ORDER BY position`,
);

export const outputFilesOfReplaced = statement<Range, OutputFiles>(
  (p) => sql`
    SELECT stdout_file, stderr_file
    FROM temp.staged CROSS JOIN attempts ON attempts.job_id = staged.id
    WHERE load = ${p("load")} AND position >= ${p("from")} AND position < ${p("to")}
      AND (stdout_file IS NOT NULL OR stderr_file IS NOT NULL)`,
);

export const deleteReplaced = statement<Range>(
  (p) => sql`
    DELETE FROM jobs
    WHERE state <> 'processing' AND id IN (
      SELECT id FROM temp.staged
      WHERE load = ${p("load")} AND position >= ${p("from")} AND position < ${p("to")})`,
);

export const discardStaged = statement<{ load: number }>((p) => sql`DELETE FROM temp.staged WHERE load = ${p("load")}`);
