/** The statements of `leases.ts`. The leases are the processing jobs, and there are never many. */
import { sql } from "kysely";
import type { JobRow } from "../../shared/rows.js";
import { statement } from "../statement.js";
import { held } from "./predicates.js";

/** The way to a job by its fence leads over the attempt, whose key it is. */
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

export const recordProgress = statement<{
  jobId: string;
  fence: number;
  percent: number;
  message: string | null;
  now: number;
}>(
  (p) => sql`
    UPDATE jobs SET progress = ${p("percent")}, progress_message = ${p("message")}, updated_at = ${p("now")}
    WHERE id = ${p("jobId")} AND ${held(p("fence"))}`,
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
