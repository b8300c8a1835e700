/** The statements of `leases.ts`. The leases are the processing jobs, and there are never many. */
import { sql } from "kysely";
import { waiting } from "./predicates.js";
import type { JobRow } from "./rows.js";
import { statement } from "./statement.js";

/** The way to a job by its fence leads over the attempt, whose key it is.. */
export const renewLeases = statement<{ fences: string; expiresAt: number; now: number }, { fence: number }>(
  (p) => sql`
    UPDATE jobs SET
      lease_expires_at = ${p("expiresAt")}, renewals = renewals + 1, updated_at = ${p("now")}
    WHERE id IN (SELECT job_id FROM attempts WHERE fence IN (SELECT value FROM json_each(${p("fences")})))
      AND state = 'processing' AND fence IN (SELECT value FROM json_each(${p("fences")}))
    RETURNING fence`,
);

export const recordPid = statement<{ fence: number; pid: number }>(
  (p) => sql`UPDATE attempts SET pid = ${p("pid")} WHERE fence = ${p("fence")} AND outcome IS NULL`,
);

export const cancellationsOf = statement<{ workerId: string }, { fence: number; reason: string | null }>(
  (p) => sql`
    SELECT fence, cancel_reason AS reason FROM jobs
    WHERE state = 'processing' AND worker_id = ${p("workerId")} AND cancel_requested_at IS NOT NULL
    ORDER BY fence`,
);

export const allLeases = statement<Record<never, never>, JobRow>(
  () => sql`SELECT * FROM jobs WHERE state = 'processing' ORDER BY fence`,
);

export const leasesOf = statement<{ workerId: string }, JobRow>(
  (p) => sql`SELECT * FROM jobs WHERE state = 'processing' AND worker_id = ${p("workerId")} ORDER BY fence`,
);

export const expiredLeases = statement<{ now: number }, JobRow>(
  (p) =>
    sql`SELECT * FROM jobs WHERE state = 'processing' AND lease_expires_at <= ${p("now")} ORDER BY lease_expires_at`,
);

/** `queues` is a JSON list, or null for every queue. */
export const remainingWork = statement<
  { queues: string | null; now: number },
  { due: number; retrying: number; processing: number }
>(
  (p) => sql`
    WITH
      wanted (name) AS (SELECT value FROM json_each(${p("queues")})),
      waits (state, run_at) AS (
        SELECT state, run_at FROM jobs INDEXED BY jobs_due
        WHERE ${waiting} AND (${p("queues")} IS NULL OR queue IN wanted)
          AND queue NOT IN (SELECT name FROM queues WHERE paused)
      )
    SELECT
      (SELECT count(*) FROM waits WHERE state = 'pending' AND run_at <= ${p("now")}) AS due,
      (SELECT count(*) FROM waits WHERE state = 'failed') AS retrying,
      (SELECT count(*) FROM jobs
        WHERE state = 'processing' AND (${p("queues")} IS NULL OR queue IN wanted)) AS processing`,
);
