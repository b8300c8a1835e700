/**
 * What supervisor and worker say to each other over the IPC channel, and what a worker is told at its start. If the
 * channel closes, the supervisor is gone: the worker then drains by itself.
 *
 * A worker is told its options as an argument, and its home and database by its environment (`QUEUECTL_HOME`, `QUEUECTL_DB`): the
 * setting of the database may hold a password, every user can read arguments, and only its own user the environment. A message over
 * the channel would hide it as well, but the worker would have to wait for it before it can open anything.
 */
import { fileURLToPath } from "node:url";
import type { SettingKey } from "../config/config.js";
import type { RecyclingLimits } from "./recycling.js";

export type { RecyclingLimits } from "./recycling.js";

/** Lies beside whatever bundle this module is in. */
export const WORKER_ENTRY = fileURLToPath(new URL("./worker.js", import.meta.url));

/** Passed as JSON in the worker's first argument, so nothing secret is among them. */
export interface WorkerOptions {
  /** Names this process in the store; never used twice. */
  readonly id: string;
  readonly supervisorId: string;
  /** How many jobs it runs at once at most. */
  readonly concurrency: number;
  /** And for now, until it is told another number: the others are still in use by the worker that it follows. */
  readonly slots: number;
  readonly queues: readonly string[] | null;
  /** Take one job at most, then finish. */
  readonly once: boolean;
  readonly recycling: RecyclingLimits;
  /** How often a worker in this place of the pool has died. */
  readonly restarts: number;
  /** What the command line set, above stored configuration and environment. */
  readonly flags: Partial<Readonly<Record<SettingKey, number>>>;
  /** Lines for people instead of JSON. */
  readonly prettyLogs: boolean;
  /** Null: stderr. */
  readonly logFile: string | null;
}

export type ToWorker =
  /** Claim nothing more, finish what runs, leave. */
  | { readonly type: "drain" }
  /** As drain, but end what runs: TERM, and KILL after `graceMs`. Its jobs go back to the queue uncharged. */
  | { readonly type: "interrupt"; readonly graceMs: number }
  /** Run so many jobs at once from now on. */
  | { readonly type: "slots"; readonly slots: number }
  /** The log file was moved away: go on in a new one. */
  | { readonly type: "reopen-log" };

export type FromWorker =
  /** The store is open and claiming begins. */
  | { readonly type: "ready" }
  | { readonly type: "heartbeat"; readonly running: number }
  /** There was nothing to claim and nothing runs; said once each time that becomes so. */
  | { readonly type: "idle" }
  /** It takes no more jobs, to make room for a new worker; what it runs may still take long. */
  | { readonly type: "leaving"; readonly running: number; readonly why: string }
  /** The last message: everything is settled. */
  | { readonly type: "finished"; readonly ran: number; readonly interrupted: number };

/** How often a worker gives its supervisor a sign of life. */
export const HEARTBEAT_MS = 1000;
/** How long the processes of an interrupted job have between TERM and KILL. */
export const INTERRUPT_GRACE_MS = 5000;

/** Exit codes of a worker, beside 0 for drained (sysexits.h). */
export const WORKER_EXIT = {
  /** Jobs were interrupted: EX_TEMPFAIL. */
  interrupted: 75,
  /** It cannot work as it is configured, and a new one could not either: EX_CONFIG. */
  unusable: 78,
} as const;
