/** What a settlement writes into the job and into the attempt. Pure. */
import { describeOutcome, exitCodeOf, type Outcome, signalOf } from "../../core/job/outcome.js";
import { isTerminal, type SettleEvent, TRANSITIONS } from "../../core/job/state.js";
import type { Settlement } from "../contract/store.js";
import { columnsOf } from "./output.js";

export type Ending = ReturnType<typeof endingOf>;

/** @param event what happens to the job; it may not be what was decided */
export function endingOf(settlement: Settlement, event: SettleEvent = settlement.decision.event) {
  const { jobId, fence, outcome, decision, pid = null, remark = null, result = null } = settlement;
  const interrupted = isInterruption(outcome);
  // A job that asks to run later is given back too, without any count.
  const snoozed = decision.event === "release" && outcome.kind === "failed";
  const error = settlement.reason ?? describeOutcome(outcome);
  return Object.assign(columnsOf(settlement.output), {
    jobId,
    fence,
    event,
    ends: isTerminal(TRANSITIONS[event].to),
    /** Unless its cancellation was requested. */
    runsAgain: EVENT_IF_CANCELLED[event] !== event,
    /** Null: at any count. */
    ifRenewals: settlement.ifRenewals ?? null,
    /** Time until the job may run again. Null: it keeps its place, or does not run again. */
    delayMs: (event === "retry" || event === "release") && !keepsPlace(settlement) ? decision.delayMs : null,
    outcome: outcome.kind,
    exitCode: exitCodeOf(outcome),
    signal: signalOf(outcome),
    /** Of the job. */
    error,
    attemptError: remark === null || error === null ? (error ?? remark) : `${error}; ${remark}`,
    result,
    uncharged: interrupted || snoozed,
    interrupted,
    lost: outcome.kind === "lost",
    /** 0: at the claim. */
    startedAt: settlement.startedAt ?? 0,
    pid,
  });
}

/** What becomes of a job whose cancellation was requested. */
export const EVENT_IF_CANCELLED: Readonly<Record<SettleEvent, SettleEvent>> = {
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

/** A job that was cut short and runs again at once stays before the jobs that came after it. */
function keepsPlace({ outcome, decision }: Settlement): boolean {
  return decision.delayMs === 0 && (outcome.kind === "lost" || outcome.kind === "interrupted");
}
