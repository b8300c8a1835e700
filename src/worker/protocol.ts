/**
 * The messages between supervisor and worker over the IPC channel, and the options of a starting worker. If the channel
 * closes, the supervisor is gone, and the worker drains by itself.
 *
 * A worker gets its options as an argument, and its home and database in its environment (`QUEUECTL_HOME`,
 * `QUEUECTL_DB`). The database setting may hold a password. Every user can read arguments, but only the worker's own
 * user its environment. A message over the channel would hide it as well, but the worker would have to wait for it
 * before it can open the store.
 */
import { fileURLToPath } from "node:url";
import type { SettingKey } from "../config/config.js";
import type { LogFormat } from "../core/log-format.js";
import type { ChangeKind } from "../store/contract/wake-ups.js";
import type { RecyclingLimits } from "./recycling.js";

export type { RecyclingLimits } from "./recycling.js";

/** Lies beside the bundle of this module. */
export const WORKER_ENTRY = fileURLToPath(new URL("./worker.js", import.meta.url));

/** Passed as JSON in the worker's first argument, so they contain no secret. */
export interface WorkerOptions {
  /** Id of this process in the store; never used twice. */
  readonly id: string;
  readonly supervisorId: string;
  /** Name of its pool. */
  readonly pool: string;
  /** Most jobs that it runs at once. */
  readonly concurrency: number;
  /** Jobs that it may run for now, until told otherwise; its predecessor still uses the other slots. */
  readonly slots: number;
  readonly queues: readonly string[] | null;
  /** Take one job at most, then finish. */
  readonly once: boolean;
  readonly recycling: RecyclingLimits;
  /** Crashes of workers in this member of the pool. */
  readonly restarts: number;
  /** Settings of the command line, above stored configuration and environment. */
  readonly flags: Partial<Readonly<Record<SettingKey, number>>>;
  /** Plain lines instead of JSON. */
  readonly logFormat: LogFormat;
  /** Null: stderr. */
  readonly logFile: string | null;
}

export type ToWorker =
  /** Claim no more jobs, finish the running ones, leave. */
  | { readonly type: "drain" }
  /** As drain, but end the running jobs: TERM, and KILL after `graceMs`. They go back to the queue uncharged. */
  | { readonly type: "interrupt"; readonly graceMs: number }
  /** Run this many jobs at once from now on. */
  | { readonly type: "slots"; readonly slots: number }
  /** Its record has gone from the store: register again. */
  | { readonly type: "register" }
  /** Another process wrote. `hears`: whether the supervisor hears of each write at once. */
  | { readonly type: "changed"; readonly about: readonly ChangeKind[]; readonly hears: boolean }
  /** The log file was moved away: open a new one. */
  | { readonly type: "reopen-log" };

export type FromWorker =
  /** The store is open and claiming begins. */
  | { readonly type: "ready" }
  | { readonly type: "heartbeat"; readonly running: number }
  /** There is no job to claim and none runs. Sent once each time this becomes true. */
  | { readonly type: "idle" }
  /** It takes no more jobs, to make room for a new worker. Running jobs may still take long. */
  | { readonly type: "leaving"; readonly running: number; readonly why: string }
  /** The last message: every attempt is settled. */
  | { readonly type: "finished"; readonly ran: number; readonly interrupted: number };

/** Interval of a worker's heartbeats, in milliseconds. */
export const HEARTBEAT_MS = 1000;
/** Milliseconds between TERM and KILL for the processes of an interrupted job. */
export const INTERRUPT_GRACE_MS = 5000;

/** Exit codes of a worker, beside 0 for drained (sysexits.h). */
export const WORKER_EXIT = {
  /** Jobs were interrupted: EX_TEMPFAIL. */
  interrupted: 75,
  /** It cannot work now, on a full disk for example, but a new worker may later: EX_IOERR. */
  shortage: 74,
  /** It cannot work with this configuration, and neither could a new worker: EX_CONFIG. */
  unusable: 78,
} as const;
