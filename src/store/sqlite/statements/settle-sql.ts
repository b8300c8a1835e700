/** The statements of `settle.ts`. */
import { sql } from "kysely";
import type { Outcome } from "../../../core/job/outcome.js";
import { type SettleEvent, TRANSITIONS } from "../../../core/job/state.js";
import type { EndedRow } from "../../shared/end-hooks.js";
import { type PreparedStatement, statement } from "../statement.js";
import { allowed, held, hookColumns } from "./predicates.js";

export const cancelRequest = statement<{ jobId: string }, { id: string }>(
  (p) => sql`SELECT id FROM jobs WHERE id = ${p("jobId")} AND cancel_requested_at IS NOT NULL`,
);

interface EndOfLease {
  jobId: string;
  fence: number;
  /** Null: at any count. */
  ifRenewals: number | null;
  /** Null: as it was, but not later than now. */
  runAt: number | null;
  finishedAt: number | null;
  exitCode: number | null;
  signal: string | null;
  error: string | null;
  result: string | null;
  uncharged: number;
  interrupted: number;
  lost: number;
  now: number;
}

interface SettledRow extends EndedRow {
  limit_key: string | null;
}

/** One statement for each event, since each takes its states from the transition table. No row: the lease is not held. */
export const endLease: Readonly<Record<SettleEvent, PreparedStatement<EndOfLease, SettledRow>>> = {
  complete: endLeaseBy("complete"),
  retry: endLeaseBy("retry"),
  bury: endLeaseBy("bury"),
  release: endLeaseBy("release"),
  cancel: endLeaseBy("cancel"),
};

function endLeaseBy(event: SettleEvent): PreparedStatement<EndOfLease, SettledRow> {
  return statement(
    (p) => sql`
      UPDATE jobs SET
        state = ${sql.lit(TRANSITIONS[event].to)},
        run_at = coalesce(${p("runAt")}, min(run_at, ${p("now")})), finished_at = ${p("finishedAt")}, updated_at = ${p("now")},
        exit_code = ${p("exitCode")}, signal = ${p("signal")}, last_error = ${p("error")},
        result = ${p("result")}, attempts = max(attempts - ${p("uncharged")}, 0), interruptions = interruptions + ${p("interrupted")},
        losses = iif(${p("lost")}, losses + 1, 0),
        lease_expires_at = NULL, lease_ms = NULL, cancel_requested_at = NULL, cancel_reason = NULL
      WHERE id = ${p("jobId")} AND ${allowed(event)} AND ${held(p("fence"))}
        AND renewals = coalesce(${p("ifRenewals")}, renewals)
      RETURNING id, limit_key, ${hookColumns}`,
  );
}

interface EndOfAttempt {
  fence: number;
  outcome: Outcome["kind"];
  exitCode: number | null;
  signal: string | null;
  error: string | null;
  result: string | null;
  pid: number | null;
  stdout: Uint8Array | null;
  stdoutBytes: number;
  stdoutFile: string | null;
  stderr: Uint8Array | null;
  stderrBytes: number;
  stderrFile: string | null;
  now: number;
}

export const endAttempt = statement<EndOfAttempt>(
  (p) => sql`
    UPDATE attempts SET
      finished_at = ${p("now")}, outcome = ${p("outcome")}, exit_code = ${p("exitCode")}, signal = ${p("signal")},
      error = ${p("error")}, result = ${p("result")}, pid = coalesce(${p("pid")}, pid),
      stdout = ${p("stdout")}, stdout_bytes = ${p("stdoutBytes")}, stdout_file = ${p("stdoutFile")},
      stderr = ${p("stderr")}, stderr_bytes = ${p("stderrBytes")}, stderr_file = ${p("stderrFile")}
    WHERE fence = ${p("fence")}`,
);
