/**
 * What the supervisor knows, hears and wants: the vocabulary of the pure function in transition.ts. Times are
 * milliseconds on a monotonic clock.
 */
import type { SupervisorNote } from "../../src/observe/supervisor-log.js";
import type { FromWorker, ToWorker } from "../../src/worker/protocol.js";

/** `run` until stopped; `once`: one job at most; `drain`: until nothing is due, processing or waiting for a retry. */
export type Mode = "run" | "once" | "drain";

export interface WorkerState {
  readonly id: string;
  readonly pid: number | null;
  readonly spawnedAt: number;
  /** Null until it said that it is ready. */
  readonly readyAt: number | null;
  /** When it last gave a sign of life. */
  readonly heardAt: number;
  /** How many jobs it runs, as it last said. */
  readonly running: number;
  /** What has been done about its silence. */
  readonly silence: "none" | "warned" | "aborted" | "killed";
  /** How many jobs it may run at once, as it was last told. */
  readonly slots: number;
  /** It has said that it takes no more jobs, to make room for a new one. */
  readonly makesRoom: boolean;
  /** It is to finish what it runs and leave, while we go on. */
  readonly leaving: boolean;
  /** It has said good-bye: its exit is no surprise. */
  readonly finished: boolean;
}

/** One member in the pool, filled again when its worker dies. */
export interface Member {
  readonly index: number;
  readonly worker: WorkerState | null;
  /** How often it was filled again because its worker had died. */
  readonly restarts: number;
  /** Left empty for as long as a worker of a former supervisor fills the count. */
  readonly heldBack: boolean;
  /** One too many: it goes when its worker has left. */
  readonly surplus: boolean;
  /** The member whose worker makes room for the one here, and runs its last jobs in slots of this one; null, or gone: none. */
  readonly follows: number | null;
  /** Deaths in a row, since a worker last stayed healthy: what the wait before the next one depends on. */
  readonly failures: number;
}

/** The stages of a stop, each more impatient than the one before. */
export const PHASES = ["starting", "running", "draining", "interrupting", "killing", "done"] as const;
export type Phase = (typeof PHASES)[number];

export interface SupervisorState {
  readonly id: string;
  readonly mode: Mode;
  readonly phase: Phase;
  readonly members: readonly Member[];
  /** Workers spawned so far: makes their ids. */
  readonly spawned: number;
  readonly graceMs: number;
  /** How many jobs each member may run at once. */
  readonly slots: number;
  /** When workers died that nobody expected to, within the window of the restart intensity. */
  readonly deaths: readonly number[];
  readonly degradedSince: number | null;
  readonly sweptAt: number;
  /** Workers of a former supervisor that still finish their jobs: each keeps one of our members empty. */
  readonly others: number;
  /** The ids of workers that are still to be replaced, one after another, because somebody asked for new ones. */
  readonly replacing: readonly string[];
  /** Workers whose jobs are being taken back. */
  readonly reclaiming: number;
  /** Jobs that were interrupted by the stop. */
  readonly interrupted: number;
  /** With what it ends, unless jobs were interrupted. */
  readonly exitCode: number;
}

export type Message =
  | { readonly type: "start"; readonly count: number; readonly others: number }
  | { readonly type: "others"; readonly count: number }
  | { readonly type: "spawned"; readonly id: string; readonly pid: number }
  | { readonly type: "from-worker"; readonly id: string; readonly message: FromWorker }
  | { readonly type: "exited"; readonly id: string; readonly code: number | null; readonly signal: string | null }
  | { readonly type: "reclaimed"; readonly interrupted: number }
  | { readonly type: "respawn-due"; readonly index: number }
  | { readonly type: "sweep" }
  | { readonly type: "nothing-remains" }
  /** The database that we have open is not the one that the others use. */
  | { readonly type: "database-replaced" }
  /** The log file was moved away; and whatever else there is to hear of, it is to be looked for now. */
  | { readonly type: "reopen-log" }
  | { readonly type: "scale"; readonly workers: number }
  | { readonly type: "scale-by"; readonly change: 1 | -1 }
  /** Replace every worker, jobs in hand finish. */
  | { readonly type: "restart" }
  /** The configured grace is another one now. */
  | { readonly type: "grace-changed"; readonly graceMs: number }
  /** `graceful` leads to the next stage each time, `drain` to the first at most, `immediate` to the last. */
  | { readonly type: "stop"; readonly how: "drain" | "graceful" | "immediate" }
  /** The time that a phase of the stop was given is over. */
  | { readonly type: "patience-over"; readonly phase: Phase };

export type Effect =
  | {
      readonly type: "spawn";
      readonly id: string;
      readonly index: number;
      readonly restarts: number;
      readonly slots: number;
    }
  | { readonly type: "tell"; readonly id: string; readonly message: ToWorker }
  | { readonly type: "kill"; readonly id: string; readonly signal: "SIGABRT" | "SIGKILL" }
  /** Take back what a dead worker held. `charged`: its attempts count, because we did not kill it ourselves. */
  | { readonly type: "reclaim"; readonly id: string; readonly charged: boolean; readonly why: string }
  | { readonly type: "timer"; readonly ms: number; readonly jitter: number; readonly message: Message }
  /** Look after leases that nobody renews and processes that nobody owns. */
  | { readonly type: "sweep-store" }
  | { readonly type: "check-remaining" }
  /** The supervisor's own; its workers are told. */
  | { readonly type: "reopen-log" }
  | { readonly type: "announce-ready"; readonly pids: readonly number[] }
  | { readonly type: "publish"; readonly state: "running" | "draining" | "degraded" }
  | { readonly type: "note"; readonly note: SupervisorNote }
  | { readonly type: "exit"; readonly code: number };

export type Step = readonly [SupervisorState, readonly Effect[]];

export function initialState(options: { id: string; mode: Mode; graceMs: number; slots: number }): SupervisorState {
  return {
    ...options,
    phase: "starting",
    members: [],
    spawned: 0,
    deaths: [],
    degradedSince: null,
    sweptAt: 0,
    others: 0,
    replacing: [],
    reclaiming: 0,
    interrupted: 0,
    exitCode: 0,
  };
}

/** The members that the pool is meant to have. */
export function keptMembers(state: SupervisorState): readonly Member[] {
  return state.members.filter(({ surplus }) => !surplus);
}

export function newMember(index: number): Member {
  return { index, worker: null, restarts: 0, heldBack: false, surplus: false, follows: null, failures: 0 };
}

/** Of the next member that is added. */
export function nextIndex(state: SupervisorState): number {
  return Math.max(-1, ...state.members.map(({ index }) => index)) + 1;
}

/** The member whose worker makes room for the one in this member. */
export function predecessor(state: SupervisorState, { follows }: Member): Member | undefined {
  return follows === null ? undefined : state.members.find(({ index }) => index === follows);
}

/** How many jobs the worker in this member may run: all, but for those that the worker before it still runs. */
export function slotsOf(state: SupervisorState, member: Member): number {
  return Math.max(0, state.slots - (predecessor(state, member)?.worker?.running ?? 0));
}

export function liveWorkers(state: SupervisorState): WorkerState[] {
  return state.members.flatMap(({ worker }) => (worker ? [worker] : []));
}

/** The state with one worker changed; unchanged if there is none of that id. */
export function withWorker(state: SupervisorState, id: string, change: Partial<WorkerState>): SupervisorState {
  const members = state.members.map((member) =>
    member.worker?.id === id ? { ...member, worker: { ...member.worker, ...change } } : member,
  );
  return { ...state, members };
}

export function withMember(state: SupervisorState, changed: Member): SupervisorState {
  return { ...state, members: state.members.map((member) => (member.index === changed.index ? changed : member)) };
}

export function withoutMember(state: SupervisorState, gone: Member): SupervisorState {
  return { ...state, members: state.members.filter(({ index }) => index !== gone.index) };
}

export function isStopping(state: SupervisorState): boolean {
  return PHASES.indexOf(state.phase) >= PHASES.indexOf("draining");
}
