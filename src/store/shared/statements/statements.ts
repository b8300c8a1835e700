/**
 * The catalogue of statements that shared logic needs from a database, by theme. Each database implements it with one
 * object and its own texts; the type checker finds missing entries.
 */
import type { ChangeStatements } from "./changes.js";
import type { ClaimStatements } from "./claims.js";
import type { DependencyStatements } from "./dependencies.js";
import type { DueStatements } from "./due.js";
import type { InsertStatements } from "./insert.js";
import type { JobStatements } from "./jobs.js";
import type { LeaseStatements } from "./leases.js";
import type { LimitStatements } from "./limits.js";
import type { ListStatements } from "./lists.js";
import type { None, Prepared } from "./prepared.js";
import type { ProcessStatements } from "./processes.js";
import type { PruneStatements } from "./prune.js";
import type { QueueStatements } from "./queues.js";
import type { ScheduleStatements } from "./schedules.js";
import type { SettleStatements } from "./settle.js";

export interface Statements {
  readonly changes: ChangeStatements;
  readonly claims: ClaimStatements;
  readonly dependencies: DependencyStatements;
  readonly due: DueStatements;
  readonly insert: InsertStatements;
  readonly jobs: JobStatements;
  readonly leases: LeaseStatements;
  readonly limits: LimitStatements;
  readonly lists: ListStatements;
  readonly parts: PartStatements;
  readonly processes: ProcessStatements;
  readonly prune: PruneStatements;
  readonly queues: QueueStatements;
  readonly schedules: ScheduleStatements;
  readonly settings: SettingStatements;
  readonly settle: SettleStatements;
}

/** Parts of a transaction: savepoints, nested once at most. */
export interface PartStatements {
  readonly begin: Prepared<None>;
  readonly undo: Prepared<None>;
  readonly end: Prepared<None>;
}

export interface SettingStatements {
  /** By key. */
  readonly all: Prepared<None, { key: string; value: string }>;
  readonly get: Prepared<{ key: string }, { value: string }>;
  /** Adds or replaces it. */
  readonly put: Prepared<{ key: string; value: string }>;
  readonly delete: Prepared<{ key: string }>;
}
