/** The role of the store that registers supervisors and workers, and passes commands to supervisors. See `store.ts`. */

import type { ProcessIdentity } from "../../system/process/identity.js";
import type { Program } from "../../system/process/program.js";

/** The record of a supervisor or a worker. Its identity is never a bare pid. */
export interface ProcessRecord extends ProcessIdentity {
  /** A uuid, new for every process. */
  readonly id: string;
  readonly kind: "supervisor" | "worker";
  /** Directory of its home, on its host. */
  readonly home: string;
  /** Name of its pool in that home. */
  readonly pool: string;
  /** Supervisor that started it. Null: it is a supervisor. */
  readonly supervisorId: string | null;
  readonly state: ProcessState;
  /** Crashes of earlier workers in its member of the pool. */
  readonly restarts: number;
  /** Queues that a worker serves. Null: every queue. */
  readonly queues: readonly string[] | null;
  /** Jobs that it runs at once; 0 for a supervisor. */
  readonly slots: number;
  /** Program that it runs. Null: a version that did not record it. */
  readonly program: Program | null;
  readonly startedAt: number;
  readonly heartbeatAt: number;
}

export const PROCESS_STATES = ["starting", "running", "draining", "degraded"] as const;
export type ProcessState = (typeof PROCESS_STATES)[number];

/** A sign of life of a registered process. */
export interface Heartbeat {
  readonly id: string;
  /** Null: as it was. */
  readonly state: ProcessState | null;
  /** How long ago it was seen to live, in milliseconds. */
  readonly ageMs: number;
}

/** A command for a running supervisor. */
export type SupervisorCommand =
  /** Have this many workers from now on. */
  | { readonly kind: "scale"; readonly workers: number }
  /** Replace every worker by a new one. */
  | { readonly kind: "restart" };

export interface ProcessStore {
  /** The store sets `startedAt` and `heartbeatAt`. */
  register(record: Omit<ProcessRecord, "startedAt" | "heartbeatAt">): Promise<void>;
  /**
   * Writes signs of life, all at once. Not synced, since losing them loses nothing. Resolves to the ids of processes that
   * are not registered. Such a process was silent for so long that a supervisor forgot it, and has to register again.
   */
  heartbeat(beats: readonly Heartbeat[]): Promise<string[]>;
  deregister(id: string): Promise<void>;
  /** By kind and start, oldest first. */
  list(): Promise<ProcessRecord[]>;
  /**
   * False, and nothing is sent, if no process of this id is registered. Commands that were not taken go with its
   * registration.
   */
  sendCommand(supervisorId: string, command: SupervisorCommand): Promise<boolean>;
  /** The commands sent since the last time, oldest first. If there are none, it is cheap: no write lock. */
  takeCommands(supervisorId: string): Promise<SupervisorCommand[]>;
}
