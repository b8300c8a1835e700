/** Statements that change jobs by their ids, each only in a state that allows it. */
import { type RawBuilder, sql } from "kysely";
import type { ChangeStatements } from "../../shared/statements/changes.js";
import { statement } from "../statement.js";
import { allowed, changeTime, editable } from "./predicates.js";

/** The jobs with these ids. By `seq` and NOT INDEXED, since SQLite might go through all jobs of a state otherwise. */
const among = (ids: RawBuilder<unknown>) =>
  sql`seq IN (SELECT jobs.seq FROM json_each(${ids}) CROSS JOIN jobs ON jobs.id = json_each.value)`;

export const changes: ChangeStatements = {
  cancelWaiting: statement(
    (p) => sql`
    UPDATE jobs NOT INDEXED SET
      state = 'cancelled', finished_at = ${changeTime(p("now"))}, updated_at = ${changeTime(p("now"))}, last_error = ${p("error")}
    WHERE ${among(p("ids"))} AND ${allowed("cancel")} AND state <> 'processing'
    RETURNING id`,
  ),

  requestCancel: statement(
    (p) => sql`
    UPDATE jobs NOT INDEXED SET
      cancel_reason = iif(cancel_requested_at IS NULL, ${p("reason")}, cancel_reason),
      cancel_requested_at = coalesce(cancel_requested_at, ${p("now")}), updated_at = ${changeTime(p("now"))}
    WHERE ${among(p("ids"))} AND ${allowed("cancel")} AND state = 'processing'
    RETURNING id`,
  ),

  revive: statement(
    (p) => sql`
    UPDATE OR IGNORE jobs NOT INDEXED SET
      state = 'pending', attempts = 0, interruptions = 0, losses = 0, run_at = ${p("now")}, updated_at = ${changeTime(p("now"))},
      finished_at = NULL, exit_code = NULL, signal = NULL, last_error = NULL, parked = 0, unmet = 0,
      deadline_at = ${p("now")} + deadline_ms,
      result = NULL, progress = NULL, progress_message = NULL
    WHERE ${among(p("ids"))} AND ${allowed("revive")}
    RETURNING id, seq`,
  ),

  acknowledge: statement(
    (p) => sql`
    UPDATE jobs SET options = json_set(coalesce(options, '{}'), '$.acknowledged', fence)
    WHERE id = ${p("id")} AND fence = ${p("fence")} AND state = 'dead'`,
  ),

  expedite: statement(
    (p) => sql`
    UPDATE jobs SET state = 'pending', run_at = min(run_at, ${p("now")}), updated_at = ${changeTime(p("now"))},
      deadline_at = iif(attempts = 0, min(deadline_at, ${p("now")} + deadline_ms), deadline_at)
    WHERE id = ${p("id")} AND ${allowed("expedite")}
    RETURNING *`,
  ),

  outputFiles: statement(
    (p) => sql`
    SELECT job_id, stdout_file, stderr_file FROM attempts
    WHERE job_id IN (SELECT value FROM json_each(${p("ids")})) AND (stdout_file IS NOT NULL OR stderr_file IS NOT NULL)`,
  ),

  delete: statement(
    (p) => sql`DELETE FROM jobs NOT INDEXED WHERE ${among(p("ids"))} AND state <> 'processing' RETURNING id`,
  ),

  edit: statement(
    (p) => sql`
    UPDATE jobs SET
      command = ${p("command")}, queue = ${p("queue")}, priority = ${p("priority")}, max_retries = ${p("maxRetries")},
      timeout_ms = ${p("timeoutMs")}, backoff_base = ${p("backoffBase")}, cwd = ${p("cwd")}, env = ${p("env")},
      tags = ${p("tags")}, run_at = coalesce(${p("runAt")}, ${p("now")}),
      deadline_at = iif(attempts = 0 AND run_at <> coalesce(${p("runAt")}, ${p("now")}),
        max(coalesce(${p("runAt")}, ${p("now")}), ${p("now")}) + deadline_ms, deadline_at),
      parked = 0, options = ${p("options")}, updated_at = max(updated_at + 1, ${p("now")})
    WHERE id = ${p("id")} AND ${editable}
      AND state = ${p("seenState")} AND updated_at = ${p("seenAt")} AND fence = ${p("seenFence")}
    RETURNING *`,
  ),

  forgetTags: statement(
    (p) => sql`DELETE FROM job_tags WHERE tag IN (SELECT value FROM json_each(${p("tags")})) AND seq = ${p("seq")}`,
  ),

  rememberTags: statement(
    (p) => sql`INSERT INTO job_tags (tag, seq) SELECT DISTINCT value, ${p("seq")} FROM json_each(${p("tags")})`,
  ),
};
