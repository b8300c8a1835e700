/** Leases: the processing jobs, of which there are never many. */
import { sql } from "kysely";
import type { LeaseStatements } from "../../shared/statements/leases.js";
import { statement } from "../statement.js";
import { held } from "./predicates.js";

export const leases: LeaseStatements = {
  /** The way to a job by its fence leads over the attempt, whose key it is. */
  renew: statement(
    (p) => sql`
    UPDATE jobs SET
      lease_expires_at = ${p("expiresAt")}, renewals = renewals + 1, updated_at = ${p("now")}
    WHERE id IN (SELECT job_id FROM attempts WHERE fence IN (SELECT value FROM json_each(${p("fences")})))
      AND state = 'processing' AND fence IN (SELECT value FROM json_each(${p("fences")}))
    RETURNING fence`,
  ),

  recordPid: statement(
    (p) => sql`UPDATE attempts SET pid = ${p("pid")} WHERE fence = ${p("fence")} AND outcome IS NULL`,
  ),

  recordProgress: statement(
    (p) => sql`
    UPDATE jobs SET progress = ${p("percent")}, progress_message = ${p("message")}, updated_at = ${p("now")}
    WHERE id = ${p("jobId")} AND ${held(p("fence"))}`,
  ),

  cancellationsOf: statement(
    (p) => sql`
    SELECT fence, cancel_reason AS reason FROM jobs
    WHERE state = 'processing' AND worker_id = ${p("workerId")} AND cancel_requested_at IS NOT NULL
    ORDER BY fence`,
  ),

  all: statement(() => sql`SELECT * FROM jobs WHERE state = 'processing' ORDER BY fence`),

  of: statement(
    (p) => sql`SELECT * FROM jobs WHERE state = 'processing' AND worker_id = ${p("workerId")} ORDER BY fence`,
  ),
};
