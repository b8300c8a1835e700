/** Statements that read jobs and attempts. */
import { sql } from "kysely";
import type { JobStatements } from "../../shared/statements/jobs.js";
import { statement } from "../statement.js";
import { unfinished } from "./predicates.js";

export const jobs: JobStatements = {
  allById: statement((p) => sql`SELECT * FROM jobs WHERE id IN (SELECT value FROM json_each(${p("ids")}))`),

  byId: statement((p) => sql`SELECT * FROM jobs WHERE id = ${p("id")}`),

  /** A range and not LIKE: no character of the prefix has a special meaning, and the index is used. */
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
    SELECT stdout_bytes, stderr_bytes, stdout_file, stderr_file, stdout, stderr,
      NULL AS stdout_size, NULL AS stderr_size, NULL AS output_host
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

  /** A fence beyond the last one may be given to an attempt at any moment, so it is left out. */
  deletedAttempts: statement(
    (p) => sql`
    SELECT value AS fence FROM json_each(${p("fences")})
    WHERE value <= (SELECT seq FROM sqlite_sequence WHERE name = 'attempts')
      AND NOT EXISTS (SELECT 1 FROM attempts WHERE fence = value)`,
  ),
};
