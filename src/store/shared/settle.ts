/**
 * The end of attempts. Whoever settles, the worker that saw the end or the reaper that took the job back, comes with the
 * fence of the lease; unless that lease is still the job's, nothing changes and the answer is false.
 *
 * What comes next was decided by `decide`, with one exception that only the store can know of: a job that somebody has
 * asked to cancel is not run again, whatever its attempt came to.
 */
import { describeOutcome, exitCodeOf, type Outcome, signalOf } from "../../core/job/outcome.js";
import { isTerminal, type SettleEvent, TRANSITIONS } from "../../core/job/state.js";
import { failpoint } from "../../system/failpoint.js";
import type { AttemptOutput, Settlement } from "../contract/store.js";
import type { Connection, Reading, Writing } from "./connection.js";
import { enqueueHooks } from "./end-hooks.js";
import { afterEnd } from "./graph/dependencies.js";
import { unparkNext } from "./limits/parking.js";
import type { SettledRow } from "./statements/settle.js";

export async function settleAttempts(connection: Connection, settlements: readonly Settlement[]): Promise<boolean[]> {
  if (settlements.length === 0) return [];
  return connection.write((writing) => settleWithin(writing, settlements));
}

/** In a transaction that is under way. */
export async function settleWithin(writing: Writing, settlements: readonly Settlement[]): Promise<boolean[]> {
  const written: boolean[] = [];
  const settled: Settled[] = [];
  for (const settlement of settlements) {
    const row = await settle(writing, settlement);
    written.push(row !== null);
    if (row !== null) settled.push(row);
  }
  await enqueueHooks(writing, settled);
  await unparkNext(
    writing,
    settled.map((row) => row.limit_key),
  );
  await afterEnd(
    writing,
    settled.filter(({ event }) => isTerminal(TRANSITIONS[event].to)).map(({ id }) => id),
  );
  return written;
}

interface Settled extends SettledRow {
  readonly event: SettleEvent;
}

/** Resolves to what happened to the job; null if nothing was written. */
async function settle(writing: Writing, settlement: Settlement): Promise<Settled | null> {
  const { db, now } = writing;
  const sql = writing.sql.settle;
  const { jobId, fence, outcome, decision } = settlement;
  const event = (await isCancelled(writing, settlement)) ? EVENT_IF_CANCELLED[decision.event] : decision.event;
  const interrupted = isInterruption(outcome);
  // A job that asks to be run later is given back as well, without anything being counted.
  const snoozed = decision.event === "release" && outcome.kind === "failed";
  const error = settlement.reason ?? describeOutcome(outcome);
  const result = settlement.result ?? null;
  const row = await sql.endLease[event].first(db, {
    jobId,
    fence,
    ifRenewals: settlement.ifRenewals ?? null,
    runAt: (event === "retry" || event === "release") && !keepsPlace(settlement) ? now + decision.delayMs : null,
    finishedAt: isTerminal(TRANSITIONS[event].to) ? now : null,
    exitCode: exitCodeOf(outcome),
    signal: signalOf(outcome),
    error,
    result,
    uncharged: interrupted || snoozed,
    interrupted,
    lost: outcome.kind === "lost",
    now,
  });
  if (row === undefined) return null;
  failpoint("in-transaction");
  await sql.endAttempt.run(db, {
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
  return { ...row, event };
}

/** Not asked where the answer would change nothing: that is the job that succeeds, the commonest of all. */
async function isCancelled({ db, sql }: Reading, { jobId, decision }: Settlement): Promise<boolean> {
  if (EVENT_IF_CANCELLED[decision.event] === decision.event) return false;
  return (await sql.settle.cancelRequest.first(db, { jobId })) !== undefined;
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
