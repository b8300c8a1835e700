/**
 * The end of attempts. Whoever settles, the worker that saw the end or the reaper that took the job back, comes with the
 * fence of the lease; unless that lease is still the job's, nothing changes and the answer is false.
 *
 * What comes next was decided by `decide`, with one exception that only the store can know of: a job that somebody has
 * asked to cancel is not run again, whatever its attempt came to.
 */
import { sql } from "kysely";
import { describeOutcome, exitCodeOf, type Outcome, signalOf } from "../../core/job/outcome.js";
import { isTerminal, type SettleEvent, TRANSITIONS } from "../../core/job/state.js";
import { failpoint } from "../../system/failpoint.js";
import type { AttemptOutput, Settlement } from "../contract/store.js";
import { type Connection, type Writing, write } from "../sqlite/connection.js";
import { type PreparedStatement, type Runner, statement } from "../sqlite/statement.js";
import { allowed, held } from "../sqlite/statements/predicates.js";
import { afterEnd } from "./graph/dependencies.js";

export async function settleAttempts(connection: Connection, settlements: readonly Settlement[]): Promise<boolean[]> {
  if (settlements.length === 0) return [];
  return write(connection, (writing) => settleWithin(writing, settlements));
}

/** In a transaction that is under way. */
export async function settleWithin(writing: Writing, settlements: readonly Settlement[]): Promise<boolean[]> {
  const written: boolean[] = [];
  const ended: string[] = [];
  for (const settlement of settlements) {
    const event = await settle(writing, settlement);
    written.push(event !== null);
    if (event !== null && isTerminal(TRANSITIONS[event].to)) ended.push(settlement.jobId);
  }
  await afterEnd(writing, ended);
  return written;
}

/** Resolves to what happened to the job; null if nothing was written. */
async function settle({ db, now }: Writing, settlement: Settlement): Promise<SettleEvent | null> {
  const { jobId, fence, outcome, decision } = settlement;
  const event = (await isCancelled(db, settlement)) ? EVENT_IF_CANCELLED[decision.event] : decision.event;
  const interrupted = isInterruption(outcome);
  // A job that asks to be run later is given back as well, without anything being counted.
  const snoozed = decision.event === "release" && outcome.kind === "failed";
  const error = settlement.reason ?? describeOutcome(outcome);
  const result = settlement.result ?? null;
  const changed = await endLease[event].run(db, {
    jobId,
    fence,
    ifRenewals: settlement.ifRenewals ?? null,
    runAt: (event === "retry" || event === "release") && !keepsPlace(settlement) ? now + decision.delayMs : null,
    finishedAt: isTerminal(TRANSITIONS[event].to) ? now : null,
    exitCode: exitCodeOf(outcome),
    signal: signalOf(outcome),
    error,
    result,
    uncharged: interrupted || snoozed ? 1 : 0,
    interrupted: interrupted ? 1 : 0,
    lost: outcome.kind === "lost" ? 1 : 0,
    now,
  });
  if (changed === 0) return null;
  failpoint("in-transaction");
  await endAttempt.run(db, {
    fence,
    outcome: outcome.kind,
    exitCode: exitCodeOf(outcome),
    signal: signalOf(outcome),
    error: settlement.remark == null ? error : error === null ? settlement.remark : `${error}; ${settlement.remark}`,
    result,
    pid: settlement.pid ?? null,
    ...streams(settlement.output),
    now,
  });
  return event;
}

/** Not asked where the answer would change nothing: that is the job that succeeds, the commonest of all. */
async function isCancelled(db: Runner, { jobId, decision }: Settlement): Promise<boolean> {
  if (EVENT_IF_CANCELLED[decision.event] === decision.event) return false;
  return (await cancelRequest.first(db, { jobId })) !== undefined;
}

const EVENT_IF_CANCELLED: Readonly<Record<SettleEvent, SettleEvent>> = {
  complete: "complete",
  bury: "bury",
  retry: "cancel",
  release: "cancel",
  cancel: "cancel",
};

/** Cut short through no fault of the job: the attempt is given back, and counted as an interruption. */
function isInterruption(outcome: Outcome): boolean {
  return outcome.kind === "interrupted" || (outcome.kind === "not-started" && outcome.transient);
}

/** It was cut short and is to run again at once: not behind the jobs that came after it. */
function keepsPlace({ outcome, decision }: Settlement): boolean {
  return decision.delayMs === 0 && (outcome.kind === "lost" || outcome.kind === "interrupted");
}

function streams(output: AttemptOutput | undefined) {
  return {
    stdout: output?.stdout.text ?? null,
    stdoutBytes: output?.stdout.bytes ?? 0,
    stdoutFile: output?.stdout.file ?? null,
    stderr: output?.stderr.text ?? null,
    stderrBytes: output?.stderr.bytes ?? 0,
    stderrFile: output?.stderr.file ?? null,
  };
}

const cancelRequest = statement<{ jobId: string }, { id: string }>(
  (p) => sql`SELECT id FROM jobs WHERE id = ${p("jobId")} AND cancel_requested_at IS NOT NULL`,
);

interface EndOfLease {
  jobId: string;
  fence: number;
  /** Null: however often it was renewed. */
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

/** One statement for each event, since each takes its states from the transition table. */
const endLease: Readonly<Record<SettleEvent, PreparedStatement<EndOfLease, never>>> = {
  complete: endLeaseBy("complete"),
  retry: endLeaseBy("retry"),
  bury: endLeaseBy("bury"),
  release: endLeaseBy("release"),
  cancel: endLeaseBy("cancel"),
};

function endLeaseBy(event: SettleEvent): PreparedStatement<EndOfLease, never> {
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
        AND renewals = coalesce(${p("ifRenewals")}, renewals)`,
  );
}

interface EndOfAttempt extends ReturnType<typeof streams> {
  fence: number;
  outcome: Outcome["kind"];
  exitCode: number | null;
  signal: string | null;
  error: string | null;
  result: string | null;
  pid: number | null;
  now: number;
}

const endAttempt = statement<EndOfAttempt>(
  (p) => sql`
    UPDATE attempts SET
      finished_at = ${p("now")}, outcome = ${p("outcome")}, exit_code = ${p("exitCode")}, signal = ${p("signal")},
      error = ${p("error")}, result = ${p("result")}, pid = coalesce(${p("pid")}, pid),
      stdout = ${p("stdout")}, stdout_bytes = ${p("stdoutBytes")}, stdout_file = ${p("stdoutFile")},
      stderr = ${p("stderr")}, stderr_bytes = ${p("stderrBytes")}, stderr_file = ${p("stderrFile")}
    WHERE fence = ${p("fence")}`,
);
