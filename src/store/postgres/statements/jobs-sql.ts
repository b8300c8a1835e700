/** Statements that look at jobs and their attempts. */
import { sql } from "kysely";
import type { JobStatements } from "../../shared/statements/jobs.js";
import { statement } from "../statement.js";
import { unfinished } from "./predicates.js";

export const jobs: JobStatements = {
  allById: statement((p) => sql`SELECT * FROM jobs WHERE id = ANY (${p("ids")})`),

  byId: statement((p) => sql`SELECT * FROM jobs WHERE id = ${p("id")}`),

  /** A range and not LIKE: no character of the prefix has a special meaning, and the index is used. */
  idsWithPrefix: statement(
    (p) => sql`
    SELECT id FROM jobs WHERE id >= ${p("prefix")} AND id < ${p("prefix")} || chr(1114111)
    ORDER BY id LIMIT ${p("limit")}`,
  ),

  states: statement((p) => sql`SELECT id, state FROM jobs WHERE id = ANY (${p("ids")})`),

  countByState: statement(() => sql`SELECT state, sum(count)::bigint AS count FROM job_counts GROUP BY state`),

  withPolicy: statement(
    (p) => sql`SELECT id FROM jobs WHERE ${unfinished} AND options ->> 'policy' = ${p("name")} LIMIT ${p("limit")}`,
  ),

  attempts: statement(
    (p) => sql`
    SELECT attempts.fence, jobs.id AS job_id, attempt, attempts.worker_id, pid, attempts.started_at, attempts.finished_at,
      outcome, attempts.exit_code, attempts.signal, error, attempts.result, stdout_bytes, stderr_bytes
    FROM attempts JOIN jobs ON attempts.job = jobs.seq WHERE jobs.id = ${p("jobId")} ORDER BY attempt`,
  ),

  output: statement(
    (p) => sql`
    SELECT stdout_bytes, stderr_bytes, NULL AS stdout_file, NULL AS stderr_file, stdout, stderr,
      stdout_size, stderr_size, output_host
    FROM attempts WHERE fence = ${p("fence")}`,
  ),

  endings: statement(
    (p) => sql`
    SELECT fence, outcome, finished_at FROM attempts
    WHERE fence <= ${p("after")} AND fence = ANY (${p("fences")})
    UNION ALL (
      SELECT fence, outcome, finished_at FROM attempts
      WHERE fence > ${p("after")} ORDER BY fence DESC LIMIT ${p("limit")})`,
  ),

  queueNames: statement(
    (p) => sql`
    SELECT queue AS name FROM job_counts WHERE count > 0
    UNION SELECT name FROM queues
    ORDER BY name LIMIT ${p("limit")}`,
  ),

  /** A fence beyond the last one may be given to an attempt at any moment, so it is left out. */
  deletedAttempts: statement(
    (p) => sql`
    SELECT asked.fence FROM unnest(${p("fences")}) AS asked (fence)
    WHERE asked.fence <= (SELECT last_value FROM fences WHERE is_called)
      AND NOT EXISTS (SELECT 1 FROM attempts WHERE attempts.fence = asked.fence)`,
  ),
};
