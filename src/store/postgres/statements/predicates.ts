/** Conditions that several statements share. The transition table alone says which states an event may move. */
import { type RawBuilder, sql } from "kysely";
import {
  EDITABLE_STATES,
  isTerminal,
  type JobEvent,
  type JobState,
  STATES,
  TERMINAL_STATES,
  TRANSITIONS,
} from "../../../core/job/state.js";

/** The job is in a state that `event` may leave. */
export function allowed(event: JobEvent): RawBuilder<boolean> {
  return inStates(TRANSITIONS[event].from);
}

/** The job waits for its turn. */
export const waiting = allowed("claim");

/** It is not finished. */
export const unfinished = isUnfinished();

/** @param job the name of the row with a dot, where several have a state */
export function isUnfinished(job = ""): RawBuilder<boolean> {
  return inStates(
    STATES.filter((state) => !isTerminal(state)),
    job,
  );
}

/** Nothing but time keeps the job from being claimed. The condition of the index `jobs_due`. */
export const claimable = sql<boolean>`${waiting} AND NOT parked`;

/** It is due and waits for its limit key. The condition of the index `jobs_parked`. */
export const parked = sql<boolean>`${waiting} AND parked`;

/** Its queue is in the list. Null: any queue. */
export const among = (queues: RawBuilder<unknown>) => sql<boolean>`(${queues} IS NULL OR queue = ANY (${queues}))`;

export const notPaused = sql<boolean>`queue NOT IN (SELECT name FROM queues WHERE paused)`;

/** The job is in a terminal state. */
export const finished = inStates(TERMINAL_STATES);

/** The job may be edited. */
export const editable = inStates(EDITABLE_STATES);

/** Only the holder of this very lease passes. Any other process is a zombie, and changes nothing. */
export function held(fence: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`state = 'processing' AND fence = ${fence}`;
}

/** The time of a change to a job. It is not before the last change, even if the clock was put back. */
export const changeTime = (now: RawBuilder<unknown>) => sql<number>`greatest(updated_at, ${now})`;

/** What an {@link EndedRow} says of hooks; to be returned by each statement that ends a job. */
export const hookColumns = sql`options -> 'hooks' AS own_hooks,
  (SELECT hooks FROM queues WHERE name = jobs.queue) AS queue_hooks`;

function inStates(states: readonly JobState[], job = ""): RawBuilder<boolean> {
  return sql`${sql.raw(job)}state IN (${sql.raw(states.map((state) => `'${state}'`).join(", "))})`;
}
