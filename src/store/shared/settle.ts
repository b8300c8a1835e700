/**
 * The end of attempts. A settlement, by the worker that saw the end or by the reaper that took the job back, comes with
 * the fence of the lease. If that lease is not the job's any more, nothing changes and the answer is false, unless this
 * very end is recorded already.
 *
 * What comes next was decided by `decide`, with one exception that only the store can know of: if a job's cancellation
 * was requested, it does not run again.
 */
import { isTerminal, type SettleEvent, TRANSITIONS } from "../../core/job/state.js";
import { failpoint } from "../../system/failpoint.js";
import type { Settlement } from "../contract/store.js";
import type { Connection, Reading, Writing } from "./connection.js";
import { EVENT_IF_CANCELLED, endingOf } from "./ending.js";
import { enqueueHooks } from "./enqueue-hooks.js";
import { afterEnd } from "./graph/dependencies.js";
import { unparkNext } from "./limits/parking.js";
import type { SettledRow } from "./statements/settle.js";
import type { Work } from "./work.js";

export async function settleAttempts(connection: Connection, settlements: readonly Settlement[]): Promise<boolean[]> {
  if (settlements.length === 0) return [];
  return connection.write((writing) => settleWithin(writing, settlements));
}

/** In a transaction of the caller. */
export function* settleWithin(writing: Writing, settlements: readonly Settlement[]): Work<boolean[]> {
  const written: boolean[] = [];
  const settled: Settled[] = [];
  for (const settlement of settlements) {
    const row = yield* settle(writing, settlement);
    written.push(row !== null || (yield* isRecorded(writing, settlement)));
    if (row !== null) settled.push(row);
  }
  yield* enqueueHooks(writing, settled);
  yield* unparkNext(
    writing,
    settled.map((row) => row.limit_key),
  );
  yield* afterEnd(
    writing,
    settled.filter((row) => row.has_dependents && isTerminal(TRANSITIONS[row.event].to)).map(({ id }) => id),
  );
  return written;
}

interface Settled extends SettledRow {
  readonly event: SettleEvent;
}

/** Results in the event of the job. Null: nothing was written. */
function* settle(writing: Writing, settlement: Settlement): Work<Settled | null> {
  const { now } = writing;
  const sql = writing.sql.settle;
  const { decision } = settlement;
  const event = (yield* isCancelled(writing, settlement)) ? EVENT_IF_CANCELLED[decision.event] : decision.event;
  const ending = endingOf(settlement, event);
  const runAt = ending.delayMs === null ? null : now + ending.delayMs;
  const row = yield* sql.endLease[event].first(Object.assign(ending, { runAt, now }));
  if (row === undefined) return null;
  failpoint("in-transaction");
  yield* sql.endAttempt.run(Object.assign(ending, { error: ending.attemptError, now }));
  return Object.assign(row, { event });
}

/** Whether this very end is recorded already: the answer to an earlier call was lost, and the caller asks again. */
function* isRecorded({ sql }: Reading, settlement: Settlement): Work<boolean> {
  const ending = endingOf(settlement);
  return (yield* sql.settle.recordedEnding.first({ ...ending, error: ending.attemptError })) !== undefined;
}

/** Not asked if the answer would change nothing, as for a job that succeeds, the commonest case. */
function* isCancelled({ sql }: Reading, { jobId, decision }: Settlement): Work<boolean> {
  if (EVENT_IF_CANCELLED[decision.event] === decision.event) return false;
  return (yield* sql.settle.cancelRequest.first({ jobId })) !== undefined;
}
