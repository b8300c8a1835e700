/** Statements that change jobs by their ids, each only in a state that allows it. */
import { sql } from "kysely";
import type { ChangeStatements } from "../../shared/statements/changes.js";
import { statement } from "../statement.js";
import { allowed, changeTime, editable, isUnfinished } from "./predicates.js";

export const changes: ChangeStatements = {
  cancelWaiting: statement(
    (p) => sql`
    UPDATE jobs SET
      state = 'cancelled', finished_at = ${changeTime(p("now"))}, updated_at = ${changeTime(p("now"))}, last_error = ${p("error")}
    WHERE id = ANY (${p("ids")}) AND ${allowed("cancel")} AND state <> 'processing'
    RETURNING id`,
    "moved",
  ),

  requestCancel: statement(
    (p) => sql`
    UPDATE jobs SET
      cancel_reason = CASE WHEN cancel_requested_at IS NULL THEN ${p("reason")} ELSE cancel_reason END,
      cancel_requested_at = coalesce(cancel_requested_at, ${p("now")}), updated_at = ${changeTime(p("now"))}
    WHERE id = ANY (${p("ids")}) AND ${allowed("cancel")} AND state = 'processing'
    RETURNING id`,
    "cancel",
  ),

  /** Of two with the same key the older one is taken, if no other job holds it. */
  revive: statement(
    (p) => sql`
    UPDATE jobs SET
      state = 'pending', attempts = 0, interruptions = 0, losses = 0, run_at = ${p("now")}, updated_at = ${changeTime(p("now"))},
      finished_at = NULL, exit_code = NULL, signal = NULL, last_error = NULL, parked = false, unmet = false,
      deadline_at = ${p("now")} + deadline_ms,
      result = NULL, progress = NULL, progress_message = NULL
    WHERE seq IN (
      SELECT seq FROM (
        SELECT seq, unique_key, row_number() OVER (PARTITION BY unique_key ORDER BY seq) AS place FROM jobs
        WHERE id = ANY (${p("ids")}) AND ${allowed("revive")}) AS candidate
      WHERE unique_key IS NULL OR place = 1 AND NOT EXISTS (
        SELECT 1 FROM jobs AS holder WHERE holder.unique_key = candidate.unique_key AND ${isUnfinished("holder.")}))
    RETURNING id, seq`,
    "work",
  ),

  acknowledge: statement(
    (p) => sql`
    UPDATE jobs SET options = (coalesce(options, '{}')::jsonb || jsonb_build_object('acknowledged', fence))::json
    WHERE id = ${p("id")} AND fence = ${p("fence")} AND state = 'dead'`,
  ),

  expedite: statement(
    (p) => sql`
    UPDATE jobs SET state = 'pending', run_at = least(run_at, ${p("now")}), updated_at = ${changeTime(p("now"))},
      deadline_at = CASE WHEN attempts = 0 THEN least(deadline_at, ${p("now")} + deadline_ms) ELSE deadline_at END
    WHERE id = ${p("id")} AND ${allowed("expedite")}
    RETURNING *`,
    "work",
  ),

  outputFiles: null,

  delete: statement(
    (p) => sql`DELETE FROM jobs WHERE id = ANY (${p("ids")}) AND state <> 'processing' RETURNING id`,
    "moved",
  ),

  edit: statement(
    (p) => sql`
    UPDATE jobs SET
      command = ${p("command")}, queue = ${p("queue")}, priority = ${p("priority")}, max_retries = ${p("maxRetries")},
      timeout_ms = ${p("timeoutMs")}, backoff_base = ${p("backoffBase")}, cwd = ${p("cwd")}, env = ${p("env")},
      tags = ${p("tags")}, run_at = coalesce(${p("runAt")}, ${p("now")}),
      deadline_at = CASE WHEN attempts = 0 AND run_at <> coalesce(${p("runAt")}, ${p("now")})
        THEN greatest(coalesce(${p("runAt")}, ${p("now")}), ${p("now")}) + deadline_ms ELSE deadline_at END,
      parked = false, options = ${p("options")}, updated_at = greatest(updated_at + 1, ${p("now")})
    WHERE id = ${p("id")} AND ${editable}
      AND state = ${p("seenState")} AND updated_at = ${p("seenAt")} AND fence = ${p("seenFence")}
    RETURNING *`,
    "work",
  ),

  forgetTags: statement(
    (p) => sql`
    DELETE FROM job_tags WHERE tag IN (SELECT json_array_elements_text(${p("tags")})) AND seq = ${p("seq")}`,
  ),

  rememberTags: statement(
    (p) => sql`INSERT INTO job_tags (tag, seq) SELECT DISTINCT json_array_elements_text(${p("tags")}), ${p("seq")}`,
  ),
};
