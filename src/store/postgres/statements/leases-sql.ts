/** Statements about leases: the processing jobs. An index has them by their fences. */
import { sql } from "kysely";
import type { LeaseStatements } from "../../shared/statements/leases.js";
import { statement } from "../statement.js";
import { allowed, changeTime, held } from "./predicates.js";

/** What a lease says of its attempt. */
const ofAttempt = sql`
  (SELECT ahead FROM attempts WHERE attempts.fence = jobs.fence) AS ahead,
  (SELECT pid FROM attempts WHERE attempts.fence = jobs.fence) AS pid`;

export const leases: LeaseStatements = {
  renew: statement(
    (p) => sql`
    UPDATE jobs SET
      lease_expires_at = ${p("expiresAt")}, lease_ms = ${p("leaseMs")}, renewals = renewals + 1,
      updated_at = ${changeTime(p("now"))}
    WHERE state = 'processing' AND fence = ANY (${p("fences")})
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
    SELECT *, ${ofAttempt} FROM jobs WHERE state = 'processing' AND worker_id = ANY (${p("workerIds")}) ORDER BY fence`,
  ),

  running: statement(
    (p) => sql`
    SELECT id, worker_id, fence, progress, progress_message FROM jobs
    WHERE state = 'processing' AND worker_id = ANY (${p("workerIds")}) ORDER BY fence`,
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

  held: statement((p) => sql`SELECT fence FROM jobs WHERE state = 'processing' AND fence = ANY (${p("fences")})`),

  withdrawn: statement(
    (p) => sql`
    SELECT fence FROM jobs
    WHERE state = 'processing' AND fence = ANY (${p("fences")})
      AND (cancel_requested_at IS NOT NULL
        OR queue IN (SELECT name FROM queues WHERE paused OR concurrency IS NOT NULL OR rate_count IS NOT NULL))`,
  ),

  /** The aggregate makes one row, also without an attempt before. */
  undoClaim: statement(
    (p) => sql`
    UPDATE jobs SET
      state = 'pending', attempts = greatest(attempts - 1, 0), runs = runs - 1,
      (fence, worker_id, started_at, result) = (
        SELECT coalesce(max(before.fence), 0), (array_agg(before.worker_id))[1], max(before.started_at),
          (array_agg(before.result))[1]
        FROM (SELECT * FROM attempts WHERE attempts.job = jobs.seq AND attempts.fence < ${p("fence")}
          ORDER BY attempts.fence DESC LIMIT 1) AS before),
      lease_expires_at = NULL, lease_ms = NULL, renewals = 0, cancel_requested_at = NULL, cancel_reason = NULL,
      updated_at = ${changeTime(p("now"))}
    WHERE id = ${p("jobId")} AND ${allowed("release")} AND ${held(p("fence"))}
      AND renewals = coalesce(${p("ifRenewals")}, renewals)
    RETURNING id, queue, limit_key`,
    "work",
  ),

  deleteAttempt: statement((p) => sql`DELETE FROM attempts WHERE fence = ${p("fence")}`),
};
