/**
 * The catalogue of statements: what shared logic asks of a database, by theme. Each database has one object that implements it,
 * with its own texts; the type checker holds it to have every entry.
 */
import type { ClaimStatements } from "./claims.js";
import type { DueStatements } from "./due.js";
import type { GraphStatements } from "./graph.js";
import type { InsertStatements } from "./insert.js";
import type { JobStatements } from "./jobs.js";
import type { LeaseStatements } from "./leases.js";
import type { ListStatements } from "./lists.js";
import type { None, Prepared } from "./prepared.js";
import type { ProcessStatements } from "./processes.js";
import type { PruneStatements } from "./prune.js";
import type { QueueStatements } from "./queues.js";
import type { ScheduleStatements } from "./schedules.js";
import type { SettingStatements } from "./settings.js";

export interface Statements {
  readonly claims: ClaimStatements;
  readonly due: DueStatements;
  readonly graph: GraphStatements;
  readonly insert: InsertStatements;
  readonly jobs: JobStatements;
  readonly leases: LeaseStatements;
  readonly lists: ListStatements;
  readonly parts: PartStatements;
  readonly processes: ProcessStatements;
  readonly prune: PruneStatements;
  readonly queues: QueueStatements;
  readonly schedules: ScheduleStatements;
  readonly settings: SettingStatements;
}

/** Parts of a transaction: savepoints, one inside the other at most. */
export interface PartStatements {
  readonly begin: Prepared<None>;
  readonly undo: Prepared<None>;
  readonly end: Prepared<None>;
}
