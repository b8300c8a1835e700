/** Statements that end attempts. */
import { type RawBuilder, sql } from "kysely";
import { type SettleEvent, TRANSITIONS } from "../../../core/job/state.js";
import type { SettleStatements } from "../../shared/statements/settle.js";
import { statement } from "../statement.js";
import { allowed, changeTime, held, hookColumns } from "./predicates.js";

/** A claim has written the time already, too early for a job that then waited for its slot. A clock may be put back. */
const begun = (startedAt: RawBuilder<unknown>, now: RawBuilder<unknown>) =>
  sql`greatest(started_at, least(${startedAt}, ${now}))`;

function endLeaseBy(event: SettleEvent): SettleStatements["endLease"][SettleEvent] {
  const runsAgain = event === "retry" || event === "release";
  return statement(
    (p) => sql`
      UPDATE jobs SET
        state = ${sql.lit(TRANSITIONS[event].to)}, run_at = coalesce(${p("runAt")}, least(run_at, ${p("now")})),
        finished_at = CASE WHEN ${p("ends")} THEN ${changeTime(p("now"))} END, updated_at = ${changeTime(p("now"))},
        exit_code = ${p("exitCode")}, signal = ${p("signal")}, last_error = ${p("error")}, result = ${p("result")},
        attempts = greatest(attempts - ${p("uncharged")}::int, 0),
        interruptions = interruptions + ${p("interrupted")}::int,
        losses = CASE WHEN ${p("lost")} THEN losses + 1 ELSE 0 END, started_at = ${begun(p("startedAt"), p("now"))},
        lease_expires_at = NULL, lease_ms = NULL, cancel_requested_at = NULL, cancel_reason = NULL
      WHERE id = ${p("jobId")} AND ${allowed(event)} AND ${held(p("fence"))}
        AND renewals = coalesce(${p("ifRenewals")}, renewals)
      RETURNING id, limit_key, EXISTS (SELECT 1 FROM dependencies WHERE parent = jobs.id) AS has_dependents, ${hookColumns},
        EXISTS (SELECT 1 FROM queues WHERE name = jobs.queue AND concurrency IS NOT NULL) AS frees_a_slot`,
    runsAgain
      ? "work"
      : (rows) => ((rows as { frees_a_slot: boolean }[]).some((row) => row.frees_a_slot) ? "work" : "moved"),
  );
}

export const settle: SettleStatements = {
  cancelRequest: statement(
    (p) => sql`SELECT cancel_reason AS reason FROM jobs WHERE id = ${p("jobId")} AND cancel_requested_at IS NOT NULL`,
  ),

  endLease: {
    complete: endLeaseBy("complete"),
    retry: endLeaseBy("retry"),
    bury: endLeaseBy("bury"),
    release: endLeaseBy("release"),
    cancel: endLeaseBy("cancel"),
  },

  recordedEnding: statement(
    (p) => sql`
      SELECT fence FROM attempts
      WHERE fence = ${p("fence")} AND job = (SELECT seq FROM jobs WHERE id = ${p("jobId")}) AND outcome = ${p("outcome")}
        AND exit_code IS NOT DISTINCT FROM ${p("exitCode")} AND signal IS NOT DISTINCT FROM ${p("signal")}
        AND error IS NOT DISTINCT FROM ${p("error")} AND result IS NOT DISTINCT FROM ${p("result")}`,
  ),

  endAttempt: statement(
    (p) => sql`
    UPDATE attempts SET
      started_at = ${begun(p("startedAt"), p("now"))}, finished_at = greatest(started_at, ${p("now")}),
      outcome = ${p("outcome")}, exit_code = ${p("exitCode")}, signal = ${p("signal")},
      error = ${p("error")}, result = ${p("result")}, pid = coalesce(${p("pid")}, pid),
      stdout = ${p("stdout")}, stdout_bytes = ${p("stdoutBytes")}, stdout_size = ${p("stdoutSize")},
      stderr = ${p("stderr")}, stderr_bytes = ${p("stderrBytes")}, stderr_size = ${p("stderrSize")},
      output_host = ${p("outputHost")}
    WHERE fence = ${p("fence")}`,
  ),
};
