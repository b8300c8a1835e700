/** The role of the store that knows of supervisors and workers, and takes what is asked of them. See `store.ts`. */

/** A supervisor or a worker, as it registers itself. Identity is never a bare pid. */
export interface ProcessRecord {
  /** A uuid, new for every process. */
  readonly id: string;
  readonly kind: "supervisor" | "worker";
  readonly host: string;
  readonly bootId: string;
  readonly pid: number;
  readonly startTime: string;
  /** The supervisor that started it; null for a supervisor. */
  readonly supervisorId: string | null;
  readonly state: ProcessState;
  /** How often its place in the pool was filled again before it. */
  readonly restarts: number;
  /** Those that a worker serves; null: every one. */
  readonly queues: readonly string[] | null;
  /** How many jobs it runs at once; 0 for a supervisor. */
  readonly slots: number;
  readonly startedAt: number;
  readonly heartbeatAt: number;
}

export const PROCESS_STATES = ["starting", "running", "draining", "degraded"] as const;
export type ProcessState = (typeof PROCESS_STATES)[number];

/** What a running supervisor is asked to do. */
export type SupervisorCommand =
  /** Have so many workers from now on. */
  | { readonly kind: "scale"; readonly workers: number }
  /** Replace every worker by a new one. */
  | { readonly kind: "restart" };

export interface ProcessStore {
  /** `startedAt` and `heartbeatAt` are the store's. */
  register(record: Omit<ProcessRecord, "startedAt" | "heartbeatAt">): Promise<void>;
  /** A sign of life; not synced, since losing it loses nothing. */
  heartbeat(id: string, state: ProcessState): Promise<void>;
  deregister(id: string): Promise<void>;
  /** By kind and start, oldest first. */
  list(): Promise<ProcessRecord[]>;
  /** False, and nothing is sent, if no process of this id is registered. What was not taken goes with its registration. */
  sendCommand(supervisorId: string, command: SupervisorCommand): Promise<boolean>;
  /** The commands sent since the last time, oldest first. Cheap when there are none: no write lock. */
  takeCommands(supervisorId: string): Promise<SupervisorCommand[]>;
}
