/** Jobs and attempts: looking at them, and changing jobs by their ids. */
import { type RawBuilder, sql } from "kysely";
import type { JobRow, OutputFiles } from "../../shared/rows.js";
import type { JobStatements } from "../../shared/statements/jobs.js";
import { statement } from "../statement.js";
import { allowed, unfinished } from "./predicates.js";

export const jobsById = statement<{ ids: string }, JobRow>(
  (p) => sql`SELECT * FROM jobs WHERE id IN (SELECT value FROM json_each(${p("ids")}))`,
);

/** Of the jobs with these ids, a JSON list. By `seq` and NOT INDEXED, or SQLite may go through all jobs of a state. */
const among = (ids: RawBuilder<unknown>) =>
  sql`seq IN (SELECT jobs.seq FROM json_each(${ids}) CROSS JOIN jobs ON jobs.id = json_each.value)`;

export const cancelWaiting = statement<{ ids: string; error: string | null; now: number }, { id: string }>(
  (p) => sql`
    UPDATE jobs NOT INDEXED SET
      state = 'cancelled', finished_at = ${p("now")}, updated_at = ${p("now")}, last_error = ${p("error")}
    WHERE ${among(p("ids"))} AND ${allowed("cancel")} AND state <> 'processing'
    RETURNING id`,
);

/** Asked twice, the first reason stays. */
export const requestCancel = statement<{ ids: string; reason: string | null; now: number }, { id: string }>(
  (p) => sql`
    UPDATE jobs NOT INDEXED SET
      cancel_reason = iif(cancel_requested_at IS NULL, ${p("reason")}, cancel_reason),
      cancel_requested_at = coalesce(cancel_requested_at, ${p("now")}), updated_at = ${p("now")}
    WHERE ${among(p("ids"))} AND ${allowed("cancel")} AND state = 'processing'
    RETURNING id`,
);

/**
 * Without those whose unique key is taken; of two with the same key the older one gets it. The newest attempt's traces (worker,
 * fence, when it began) stay, as its row does.
 */
export const reviveJobs = statement<{ ids: string; now: number }, { id: string; seq: number }>(
  (p) => sql`
    UPDATE OR IGNORE jobs NOT INDEXED SET
      state = 'pending', attempts = 0, interruptions = 0, losses = 0, run_at = ${p("now")}, updated_at = ${p("now")},
      finished_at = NULL, exit_code = NULL, signal = NULL, last_error = NULL, parked = 0, unmet = 0,
      deadline_at = ${p("now")} + deadline_ms,
      result = NULL, progress = NULL, progress_message = NULL
    WHERE ${among(p("ids"))} AND ${allowed("revive")}
    RETURNING id, seq`,
);

/** A job that is due already keeps its place. */
export const expediteJob = statement<{ id: string; now: number }, JobRow>(
  (p) => sql`
    UPDATE jobs SET state = 'pending', run_at = min(run_at, ${p("now")}), updated_at = ${p("now")},
      deadline_at = iif(attempts = 0, min(deadline_at, ${p("now")} + deadline_ms), deadline_at)
    WHERE id = ${p("id")} AND ${allowed("expedite")}
    RETURNING *`,
);

export const outputFilesOf = statement<{ ids: string }, OutputFiles & { job_id: string }>(
  (p) => sql`
    SELECT job_id, stdout_file, stderr_file FROM attempts
    WHERE job_id IN (SELECT value FROM json_each(${p("ids")})) AND (stdout_file IS NOT NULL OR stderr_file IS NOT NULL)`,
);

/** With their attempts. */
export const deleteJobs = statement<{ ids: string }, { id: string }>(
  (p) => sql`DELETE FROM jobs NOT INDEXED WHERE ${among(p("ids"))} AND state <> 'processing' RETURNING id`,
);

export const jobs: JobStatements = {
  byId: statement((p) => sql`SELECT * FROM jobs WHERE id = ${p("id")}`),

  /** A range and not LIKE: no character of the prefix means anything, and the index is used. */
  idsWithPrefix: statement(
    (p) => sql`
    SELECT id FROM jobs WHERE id >= ${p("prefix")} AND id < ${p("prefix")} || char(0x10FFFF)
    ORDER BY id LIMIT ${p("limit")}`,
  ),

  states: statement((p) => sql`SELECT id, state FROM jobs WHERE id IN (SELECT value FROM json_each(${p("ids")}))`),

  countByState: statement(() => sql`SELECT state, sum(count) AS count FROM job_counts GROUP BY state`),

  withPolicy: statement(
    (p) => sql`SELECT id FROM jobs WHERE ${unfinished} AND options ->> 'policy' = ${p("name")} LIMIT ${p("limit")}`,
  ),

  attempts: statement(
    (p) => sql`
    SELECT fence, job_id, attempt, worker_id, pid, started_at, finished_at, outcome, exit_code, signal, error, result,
      stdout_bytes, stderr_bytes
    FROM attempts WHERE job_id = ${p("jobId")} ORDER BY attempt`,
  ),

  output: statement(
    (p) => sql`
    SELECT stdout_bytes, stderr_bytes, stdout_file, stderr_file, stdout, stderr
    FROM attempts WHERE fence = ${p("fence")}`,
  ),

  endings: statement(
    (p) => sql`
    SELECT fence, outcome, finished_at FROM attempts
    WHERE fence <= ${p("after")} AND fence IN (SELECT value FROM json_each(${p("fences")}))
    UNION ALL
    SELECT * FROM (
      SELECT fence, outcome, finished_at FROM attempts
      WHERE fence > ${p("after")} ORDER BY fence DESC LIMIT ${p("limit")})`,
  ),

  queueNames: statement(
    (p) => sql`
    SELECT queue AS name FROM job_counts WHERE count > 0
    UNION SELECT name FROM queues
    ORDER BY name LIMIT ${p("limit")}`,
  ),

  /** A fence beyond the last one may be given to an attempt at any moment, so it is not among them. */
  deletedAttempts: statement(
    (p) => sql`
    SELECT value AS fence FROM json_each(${p("fences")})
    WHERE value <= (SELECT seq FROM sqlite_sequence WHERE name = 'attempts')
      AND NOT EXISTS (SELECT 1 FROM attempts WHERE fence = value)`,
  ),
};
