/**
 * The states of a job and the events that move it: the one table from which SQL predicates, schema checks, documentation
 * and the generated test matrix are taken. Nothing else in the project may spell out which state follows which.
 */

export const STATES = ["blocked", "pending", "processing", "completed", "failed", "dead", "cancelled"] as const;
export type JobState = (typeof STATES)[number];

/** A job in one of these has nothing more to do, unless somebody revives it. */
export const TERMINAL_STATES = ["completed", "dead", "cancelled"] as const satisfies readonly JobState[];
export type TerminalState = (typeof TERMINAL_STATES)[number];

/** A job in one of these may get another description; that moves it nowhere. */
export const EDITABLE_STATES = ["blocked", "pending", "failed", "dead"] as const satisfies readonly JobState[];

interface Transition {
  readonly from: readonly JobState[];
  readonly to: JobState;
}

export const TRANSITIONS = {
  /** The last dependency is satisfied. */
  unblock: { from: ["blocked"], to: "pending" },
  /** A worker takes the job: the attempt is charged, the fence is new, the lease begins. */
  claim: { from: ["pending", "failed"], to: "processing" },
  /** Exit code 0. */
  complete: { from: ["processing"], to: "completed" },
  /** The attempt failed and others are left: the next one is at `run_at`. */
  retry: { from: ["processing"], to: "failed" },
  /** Attempts are used up, or a dependency can never be met. */
  bury: { from: ["processing", "blocked"], to: "dead" },
  /** Interrupted through no fault of the job: the attempt is given back. */
  release: { from: ["processing"], to: "pending" },
  /** Somebody does not want it any more; a running one is killed first. */
  cancel: { from: ["blocked", "pending", "failed", "processing"], to: "cancelled" },
  /** Once more from the beginning: attempts back to 0, identity, history and logs stay. */
  revive: { from: ["dead", "cancelled", "completed"], to: "pending" },
  /** Now, instead of at `run_at`. */
  expedite: { from: ["pending", "failed"], to: "pending" },
} as const satisfies Record<string, Transition>;

export type JobEvent = keyof typeof TRANSITIONS;

/** The events that end an attempt: what {@link decide} chooses from. */
export type SettleEvent = "complete" | "retry" | "bury" | "release" | "cancel";

export function isTerminal(state: JobState): boolean {
  return (TERMINAL_STATES as readonly JobState[]).includes(state);
}

export function allows(event: JobEvent, state: JobState): boolean {
  return (TRANSITIONS[event].from as readonly JobState[]).includes(state);
}
