import type { Catchup, Overlap, TickOutcome } from "../../../core/schedule/schedule.js";
import type { Flag } from "../rows.js";
import type { None, Prepared } from "./prepared.js";

/** Statements about schedules. Times are milliseconds since the epoch. `nextAt` null: it is never due again. */
export interface ScheduleStatements {
  /** Changes no row if the name exists. */
  readonly add: Prepared<ScheduleValues>;
  /**
   * A due tick that has not been fired stays due, unless the times change. `updated_at` always grows, so that a reader
   * of the earlier schedule can tell.
   */
  readonly replace: Prepared<ScheduleValues>;
  readonly byName: Prepared<{ name: string }, ScheduleRow>;
  /** By name. */
  readonly all: Prepared<None, ScheduleRow>;
  /** Not paused, longest due first. */
  readonly due: Prepared<{ now: number }, ScheduleRow>;
  /** The one that is due next, or has been due longest; not paused. */
  readonly nextDue: Prepared<None, ScheduleRow>;
  readonly remove: Prepared<{ name: string }>;
  readonly pause: Prepared<{ name: string; now: number }>;
  readonly resume: Prepared<{ name: string; nextAt: number | null; now: number }>;
  /** Only if it has not changed since it was read: still at `from`, and last changed at `updatedAt`. */
  readonly moveOn: Prepared<{ name: string; from: number | null; updatedAt: number; nextAt: number | null }>;
  readonly setLastJob: Prepared<{ name: string; job: string }>;
  readonly newestTicks: Prepared<{ name: string; limit: number }, TickRow>;
  readonly tickTimesFrom: Prepared<{ name: string; from: number }, { tick_at: number }>;
  /** The newest by its time of enqueueing: a job that was run by hand may be older than one for an earlier tick. */
  readonly newestUnfinished: Prepared<{ name: string }, { id: string }>;
  readonly recordTick: Prepared<NewTick>;
  /** Deletes all but the newest `kept`. A tick whose job has not ended is kept at any age: later ticks depend on it. */
  readonly forgetOldTicks: Prepared<{ name: string; kept: number }>;
}

export interface ScheduleValues {
  name: string;
  cron: string;
  seconds: boolean;
  zone: string;
  overlap: Overlap;
  catchup: Catchup;
  /** JSON. */
  job: string;
  nextAt: number | null;
  now: number;
}

export interface ScheduleRow {
  name: string;
  cron: string;
  seconds: Flag;
  zone: string;
  overlap: Overlap;
  catchup: Catchup;
  /** JSON. */
  job: string;
  paused: Flag;
  next_at: number | null;
  last_job: string | null;
  created_at: number;
  updated_at: number;
}

interface NewTick {
  name: string;
  at: number;
  outcome: TickOutcome;
  job: string | null;
  note: string | null;
}

export interface TickRow {
  tick_at: number;
  outcome: TickOutcome;
  job_id: string | null;
  note: string | null;
}
