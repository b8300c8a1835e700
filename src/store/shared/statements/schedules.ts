import type { Catchup, Overlap, TickOutcome } from "../../../core/schedule/schedule.js";
import type { Flag } from "../rows.js";
import type { None, Prepared } from "./prepared.js";

/** Times are milliseconds since the epoch; `nextAt` null: it never comes again. */
export interface ScheduleStatements {
  /** No row is changed if there is one with that name. */
  readonly add: Prepared<ScheduleValues>;
  /**
   * A tick that is due and has not been fired stays so, unless the times are others now. `updated_at` always grows: a reader of the
   * former schedule can tell by that.
   */
  readonly replace: Prepared<ScheduleValues>;
  readonly byName: Prepared<{ name: string }, ScheduleRow>;
  /** By name. */
  readonly all: Prepared<None, ScheduleRow>;
  /** Not paused, the longest due first. */
  readonly due: Prepared<{ now: number }, ScheduleRow>;
  /** The one that is due next, or has been for longest; not paused. */
  readonly nextDue: Prepared<None, ScheduleRow>;
  readonly remove: Prepared<{ name: string }>;
  readonly pause: Prepared<{ name: string; now: number }>;
  readonly resume: Prepared<{ name: string; nextAt: number | null; now: number }>;
  /** Only from where it was when it was read: at `from`, and last changed at `updatedAt`. */
  readonly moveOn: Prepared<{ name: string; from: number | null; updatedAt: number; nextAt: number | null }>;
  readonly setLastJob: Prepared<{ name: string; job: string }>;
  readonly newestTicks: Prepared<{ name: string; limit: number }, TickRow>;
  readonly tickTimesFrom: Prepared<{ name: string; from: number }, { tick_at: number }>;
  /** The newest by when it was enqueued: one that was run by hand may be older than one for an earlier time. */
  readonly newestUnfinished: Prepared<{ name: string }, { id: string }>;
  readonly recordTick: Prepared<NewTick>;
  /** All but the newest `kept` go. One whose job has not ended is kept, however old it is: the ticks after it go by that. */
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
