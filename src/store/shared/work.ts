/**
 * The logic of the store as generator functions. They yield the statements that they run, and the database hands the
 * answers in. So the same logic serves a database that answers at once and one that answers over a network. In SQLite a
 * whole transaction is one synchronous piece: a promise for each statement would cost as much as a short statement.
 *
 * ```ts
 * function* stateOf({ sql }: Reading, id: string): Work<JobState | null> {
 *   const row = yield* sql.jobs.byId.first({ id });
 *   return row?.state ?? null;
 * }
 * ```
 */
import type { ChangeKind } from "../contract/wake-ups.js";

export type Work<T> = Generator<Step, T, Answer>;

export type Step = Query | Pause;

/** A statement's text with its values, both in the database's form. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** What other processes are told if it changed something. Undefined: nothing. */
  readonly tells?: Tells | undefined;
}

/** The kind of change, always or as far as the rows tell. */
export type Tells = ChangeKind | ((rows: readonly unknown[]) => ChangeKind);

export interface Answer {
  readonly rows: unknown[];
  /** Number of changed rows. */
  readonly changes: number;
}

type Pause = typeof PAUSE;
export const PAUSE = Symbol("pause");

/** Lets timers and signals have their turn, in the middle of a long transaction. */
export function* pause(): Work<void> {
  yield PAUSE;
}
