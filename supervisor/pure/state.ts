/**
 * State, messages and effects of the supervisor: the vocabulary of the pure function in transition.ts. Times are
 * milliseconds on a monotonic clock.
 */
import type { SupervisorNote } from "../../src/observe/supervisor-log.js";
import type { FromWorker, ToWorker } from "../../src/worker/protocol.js";

/** `run`: until stopped. `once`: one job at most. `drain`: until no job is due, processing or waiting for a retry. */
export type Mode = "run" | "once" | "drain";

export interface WorkerState {
  readonly id: string;
  readonly pid: number | null;
  readonly spawnedAt: number;
  /** Time of its ready message. Null: not yet ready. */
  readonly readyAt: number | null;
  /** Time of its last message. */
  readonly heardAt: number;
  /** Number of running jobs, as last reported. */
  readonly running: number;
  /** Steps taken against its silence. */
  readonly silence: "none" | "warned" | "aborted" | "killed";
  /** Number of jobs it may run at once, as last told. */
  readonly slots: number;
  /** Whether it takes no more jobs, to make room for a new worker. */
  readonly makesRoom: boolean;
  /** Whether it is to finish its jobs and leave while the supervisor goes on. */
  readonly leaving: boolean;
  /** Whether it has announced its exit, which is then no crash. */
  readonly finished: boolean;
}

/** A position of the pool that holds one worker. After a crash it gets a new one. */
export interface Member {
  readonly index: number;
  readonly worker: WorkerState | null;
  /** Number of new workers after crashes. */
  readonly restarts: number;
  /** Whether it stays empty while a worker of a previous supervisor still runs jobs. */
  readonly heldBack: boolean;
  /** Whether it is one too many; it goes when its worker has left. */
  readonly surplus: boolean;
  /**
   * Index of the member being replaced by this one; its remaining jobs count against our slots. Null, or gone: none.
   */
  readonly follows: number | null;
  /** Crashes in a row since a worker last stayed healthy; they decide the delay before the next worker. */
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
  /** Workers spawned so far; the number is part of their ids. */
  readonly spawned: number;
  /** How long running jobs may finish at a stop; `NO_LIMIT`: as long as they take. */
  readonly graceMs: number;
  /** Number of jobs that each member may run at once. */
  readonly slots: number;
  /** Times of crashes within the window of the restart intensity. */
  readonly crashes: readonly number[];
  readonly degradedSince: number | null;
  readonly sweptAt: number;
  /** Workers of a previous supervisor that still run jobs. Each keeps one of our members empty. */
  readonly others: number;
  /** Ids of workers that a restart still has to replace, one after another. */
  readonly restarting: readonly string[];
  /** Crashed workers whose jobs are being taken back. */
  readonly reclaiming: number;
  /** Jobs that the stop interrupted. */
  readonly interrupted: number;
  /** Exit code; 0 becomes 75 if jobs were interrupted. */
  readonly exitCode: number;
}

export type Message =
  | { readonly type: "start"; readonly count: number; readonly others: number }
  | { readonly type: "others"; readonly count: number }
  | { readonly type: "spawned"; readonly id: string; readonly pid: number }
  | { readonly type: "from-worker"; readonly id: string; readonly message: FromWorker }
  | { readonly type: "exited"; readonly id: string; readonly code: number | null; readonly signal: string | null }
  | { readonly type: "reclaimed"; readonly interrupted: number }
  | { readonly type: "restart-due"; readonly index: number }
  | { readonly type: "sweep" }
  | { readonly type: "nothing-remains" }
  /** The open database is no longer the one at its path. */
  | { readonly type: "database-replaced" }
  /** The log file was moved away. The store is also looked at once, without waiting for the next sweep. */
  | { readonly type: "reopen-log" }
  | { readonly type: "scale"; readonly workers: number }
  | { readonly type: "scale-by"; readonly change: 1 | -1 }
  /** Replace every worker; running jobs finish. */
  | { readonly type: "restart" }
  /** The configured grace has changed. */
  | { readonly type: "grace-changed"; readonly graceMs: number }
  /** `graceful`: the next stage. `drain`: the first stage, if none has begun. `immediate`: the last stage. */
  | { readonly type: "stop"; readonly how: "drain" | "graceful" | "immediate" }
  /** The time of a stage of the stop is over. */
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
  /** Take back the jobs of a dead worker. `charged`: the attempts count, because we did not kill the worker. */
  | { readonly type: "reclaim"; readonly id: string; readonly charged: boolean; readonly why: string }
  | { readonly type: "timer"; readonly ms: number; readonly jitter: number; readonly message: Message }
  /** Look for leases that are not renewed and processes without an owner. */
  | { readonly type: "sweep-store" }
  | { readonly type: "check-remaining" }
  /** The supervisor's own log; workers get a message. */
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
    crashes: [],
    degradedSince: null,
    sweptAt: 0,
    others: 0,
    restarting: [],
    reclaiming: 0,
    interrupted: 0,
    exitCode: 0,
  };
}

/** The members without the surplus ones. */
export function keptMembers(state: SupervisorState): readonly Member[] {
  return state.members.filter(({ surplus }) => !surplus);
}

export function newMember(index: number): Member {
  return { index, worker: null, restarts: 0, heldBack: false, surplus: false, follows: null, failures: 0 };
}

/** Index for the next new member. */
export function nextIndex(state: SupervisorState): number {
  return Math.max(-1, ...state.members.map(({ index }) => index)) + 1;
}

/** The member that this one replaces. Undefined: none, or it has gone. */
export function predecessor(state: SupervisorState, { follows }: Member): Member | undefined {
  return follows === null ? undefined : state.members.find(({ index }) => index === follows);
}

/** Number of jobs that this member's worker may run: all slots, less the jobs that its predecessor still runs. */
export function slotsOf(state: SupervisorState, member: Member): number {
  return Math.max(0, state.slots - (predecessor(state, member)?.worker?.running ?? 0));
}

export function liveWorkers(state: SupervisorState): WorkerState[] {
  return state.members.flatMap(({ worker }) => (worker ? [worker] : []));
}

/** The workers without a job. They leave the heartbeats in the store to their supervisor. */
export function idleWorkers(state: SupervisorState): WorkerState[] {
  return liveWorkers(state).filter(({ readyAt, running, finished }) => readyAt !== null && running === 0 && !finished);
}

/** The state with one worker changed. Unchanged if no worker has this id. */
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
