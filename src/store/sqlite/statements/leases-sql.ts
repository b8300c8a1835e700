/**
 * Statements about leases: the processing jobs. There are only as many as slots on this host, so reading through them
 * is cheap.
 */
import { sql } from "kysely";
import type { LeaseStatements } from "../../shared/statements/leases.js";
import { statement } from "../statement.js";
import { allowed, changeTime, held } from "./predicates.js";

/** What a lease says of its attempt. */
const ofAttempt = sql`
  (SELECT ahead FROM attempts WHERE attempts.fence = jobs.fence) AS ahead,
  (SELECT pid FROM attempts WHERE attempts.fence = jobs.fence) AS pid`;

export const leases: LeaseStatements = {
  /** The attempt, whose key the fence is, leads to the job. */
  renew: statement(
    (p) => sql`
    UPDATE jobs SET
      lease_expires_at = ${p("expiresAt")}, lease_ms = ${p("leaseMs")}, renewals = renewals + 1, updated_at = ${changeTime(p("now"))}
    WHERE id IN (SELECT job_id FROM attempts WHERE fence IN (SELECT value FROM json_each(${p("fences")})))
      AND state = 'processing' AND fence IN (SELECT value FROM json_each(${p("fences")}))
    RETURNING fence`,
  ),

  recordPid: statement(
    (p) => sql`UPDATE attempts SET pid = ${p("pid")} WHERE fence = ${p("fence")} AND outcome IS NULL`,
  ),

  recordProgress: statement(
    (p) => sql`
    UPDATE jobs SET progress = ${p("percent")}, progress_message = ${p("message")}, updated_at = ${changeTime(p("now"))}
    WHERE id = ${p("jobId")} AND ${held(p("fence"))}`,
  ),

  cancellationsOf: statement(
    (p) => sql`
    SELECT fence, cancel_reason AS reason FROM jobs
    WHERE state = 'processing' AND worker_id = ${p("workerId")} AND cancel_requested_at IS NOT NULL
    ORDER BY fence`,
  ),

  of: statement(
    (p) => sql`
    SELECT *, ${ofAttempt} FROM jobs
    WHERE state = 'processing' AND worker_id IN (SELECT value FROM json_each(${p("workerIds")})) ORDER BY fence`,
  ),

  running: statement(
    (p) => sql`
    SELECT id, worker_id, fence, progress, progress_message FROM jobs
    WHERE state = 'processing' AND worker_id IN (SELECT value FROM json_each(${p("workerIds")})) ORDER BY fence`,
  ),

  overdue: statement(
    (p) => sql`
    SELECT *, ${ofAttempt} FROM jobs
    WHERE state = 'processing' AND lease_expires_at - lease_ms / 2 <= ${p("now")}
    ORDER BY lease_expires_at, fence LIMIT ${p("limit")}`,
  ),

  countByWorker: statement(
    () => sql`SELECT worker_id, count(*) AS count FROM jobs WHERE state = 'processing' GROUP BY worker_id`,
  ),

  held: statement(
    (p) => sql`
    SELECT fence FROM jobs WHERE state = 'processing' AND fence IN (SELECT value FROM json_each(${p("fences")}))`,
  ),

  withdrawn: statement(
    (p) => sql`
    SELECT fence FROM jobs
    WHERE state = 'processing' AND fence IN (SELECT value FROM json_each(${p("fences")}))
      AND (cancel_requested_at IS NOT NULL
        OR queue IN (SELECT name FROM queues WHERE paused OR concurrency IS NOT NULL OR rate_count IS NOT NULL))`,
  ),

  /** The aggregate makes one row, also without an attempt before; its other columns are of the row with the maximum. */
  undoClaim: statement(
    (p) => sql`
    UPDATE jobs SET
      state = 'pending', attempts = max(attempts - 1, 0), runs = runs - 1,
      (fence, worker_id, started_at, result) = (
        SELECT coalesce(max(before.fence), 0), before.worker_id, before.started_at, before.result FROM attempts AS before
        WHERE before.job_id = jobs.id AND before.fence < ${p("fence")}),
      lease_expires_at = NULL, lease_ms = NULL, renewals = 0, cancel_requested_at = NULL, cancel_reason = NULL,
      updated_at = ${changeTime(p("now"))}
    WHERE id = ${p("jobId")} AND ${allowed("release")} AND ${held(p("fence"))}
      AND renewals = coalesce(${p("ifRenewals")}, renewals)
    RETURNING id, queue, limit_key`,
  ),

  deleteAttempt: statement((p) => sql`DELETE FROM attempts WHERE fence = ${p("fence")}`),
};
