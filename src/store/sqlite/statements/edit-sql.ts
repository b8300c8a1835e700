/** The statements of `edit.ts`. */
import { sql } from "kysely";
import type { JobState } from "../../../core/job/state.js";
import type { JobRow } from "../../shared/rows.js";
import { statement } from "../statement.js";
import { editable } from "./predicates.js";

interface Edit {
  id: string;
  seenState: JobState;
  seenAt: number;
  seenFence: number;
  command: string;
  queue: string;
  priority: number;
  maxRetries: number | null;
  timeoutMs: number | null;
  backoffBase: number | null;
  cwd: string;
  env: string;
  tags: string;
  runAt: number | null;
  options: string | null;
  now: number;
}

/** The time of a job that has not run begins anew with its start. */
export const editJob = statement<Edit, JobRow>(
  (p) => sql`
    UPDATE jobs SET
      command = ${p("command")}, queue = ${p("queue")}, priority = ${p("priority")}, max_retries = ${p("maxRetries")},
      timeout_ms = ${p("timeoutMs")}, backoff_base = ${p("backoffBase")}, cwd = ${p("cwd")}, env = ${p("env")},
      tags = ${p("tags")}, run_at = coalesce(${p("runAt")}, ${p("now")}),
      deadline_at = iif(attempts = 0 AND run_at <> coalesce(${p("runAt")}, ${p("now")}),
        max(coalesce(${p("runAt")}, ${p("now")}), ${p("now")}) + deadline_ms, deadline_at),
      parked = 0, options = ${p("options")}, updated_at = ${p("now")}
    WHERE id = ${p("id")} AND ${editable}
      AND state = ${p("seenState")} AND updated_at = ${p("seenAt")} AND fence = ${p("seenFence")}
    RETURNING *`,
);

interface Tags {
  seq: number;
  /** A JSON list. */
  tags: string;
}

export const forgetTags = statement<Tags>(
  (p) => sql`DELETE FROM job_tags WHERE tag IN (SELECT value FROM json_each(${p("tags")})) AND seq = ${p("seq")}`,
);

export const rememberTags = statement<Tags>(
  (p) => sql`INSERT INTO job_tags (tag, seq) SELECT DISTINCT value, ${p("seq")} FROM json_each(${p("tags")})`,
);
