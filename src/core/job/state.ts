/**
 * The states of a job and the events that move it. SQL predicates, schema checks, documentation and the generated test
 * matrix are all taken from this table. No other file spells out which state follows which.
 */

export const STATES = ["blocked", "pending", "processing", "completed", "failed", "dead", "cancelled"] as const;
export type JobState = (typeof STATES)[number];

/** States of a job that has ended. Only `revive` leaves them. */
export const TERMINAL_STATES = ["completed", "dead", "cancelled"] as const satisfies readonly JobState[];
export type TerminalState = (typeof TERMINAL_STATES)[number];

/** States in which a job may be edited. An edit does not change the state. */
export const EDITABLE_STATES = ["blocked", "pending", "failed", "dead"] as const satisfies readonly JobState[];

interface Transition {
  readonly from: readonly JobState[];
  readonly to: JobState;
}

export const TRANSITIONS = {
  /** The last dependency is met. */
  unblock: { from: ["blocked"], to: "pending" },
  /** A worker takes the job: the attempt is charged, the fence is new, the lease begins. */
  claim: { from: ["pending", "failed"], to: "processing" },
  /** Exit code 0. */
  complete: { from: ["processing"], to: "completed" },
  /** The attempt failed and attempts are left; the next one is due at `run_at`. */
  retry: { from: ["processing"], to: "failed" },
  /** Attempts are used up, or a dependency can never be met. */
  bury: { from: ["processing", "blocked"], to: "dead" },
  /** Interrupted through no fault of the job; the attempt is given back. */
  release: { from: ["processing"], to: "pending" },
  /** A user does not want the job any more. A running one is killed first. */
  cancel: { from: ["blocked", "pending", "failed", "processing"], to: "cancelled" },
  /** Starts over: attempts go back to 0, while identity, history and logs stay. */
  revive: { from: ["dead", "cancelled", "completed"], to: "pending" },
  /** Due now, instead of at `run_at`. */
  expedite: { from: ["pending", "failed"], to: "pending" },
} as const satisfies Record<string, Transition>;

export type JobEvent = keyof typeof TRANSITIONS;

/** The events that end an attempt; {@link decide} chooses one. */
export type SettleEvent = "complete" | "retry" | "bury" | "release" | "cancel";

export function isTerminal(state: JobState): boolean {
  return (TERMINAL_STATES as readonly JobState[]).includes(state);
}

export function allows(event: JobEvent, state: JobState): boolean {
  return (TRANSITIONS[event].from as readonly JobState[]).includes(state);
}
