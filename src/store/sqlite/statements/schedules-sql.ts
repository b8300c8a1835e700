/** The statements of `schedules.ts`. */
import { type Selectable, sql } from "kysely";
import type { Catchup, Overlap, TickOutcome } from "../../../core/schedule/schedule.js";
import type { ScheduleTable } from "../schema.js";
import { statement } from "../statement.js";
import { finished, unfinished } from "./predicates.js";

export type ScheduleRow = Selectable<ScheduleTable>;

export interface ScheduleValues {
  name: string;
  cron: string;
  seconds: number;
  zone: string;
  overlap: Overlap;
  catchup: Catchup;
  job: string;
  nextAt: number | null;
  now: number;
}

export const addSchedule = statement<ScheduleValues>(
  (p) => sql`
    INSERT INTO schedules (name, cron, seconds, zone, overlap, catchup, job, next_at, created_at, updated_at)
    VALUES (${p("name")}, ${p("cron")}, ${p("seconds")}, ${p("zone")}, ${p("overlap")}, ${p("catchup")}, ${p("job")},
      ${p("nextAt")}, ${p("now")}, ${p("now")})
    ON CONFLICT DO NOTHING`,
);

/**
 * What is due and has not been fired stays so, unless the times are others now. Its `updated_at` always changes: that is how one
 * who has read it before can tell.
 */
export const replaceSchedule = statement<ScheduleValues>(
  (p) => sql`
    UPDATE schedules SET
      next_at = iif(cron = ${p("cron")} AND seconds = ${p("seconds")} AND zone = ${p("zone")}, next_at, ${p("nextAt")}),
      cron = ${p("cron")}, seconds = ${p("seconds")}, zone = ${p("zone")}, overlap = ${p("overlap")},
      catchup = ${p("catchup")}, job = ${p("job")}, updated_at = max(${p("now")}, updated_at + 1)
    WHERE name = ${p("name")}`,
);

export const scheduleByName = statement<{ name: string }, ScheduleRow>(
  (p) => sql`SELECT * FROM schedules WHERE name = ${p("name")}`,
);

export const allSchedules = statement<Record<never, never>, ScheduleRow>(
  () => sql`SELECT * FROM schedules ORDER BY name`,
);

export const dueSchedules = statement<{ now: number }, ScheduleRow>(
  (p) => sql`SELECT * FROM schedules WHERE paused = 0 AND next_at <= ${p("now")} ORDER BY next_at`,
);

export const nextDue = statement<Record<never, never>, ScheduleRow>(
  () => sql`SELECT * FROM schedules WHERE paused = 0 AND next_at IS NOT NULL ORDER BY next_at LIMIT 1`,
);

export const removeSchedule = statement<{ name: string }>((p) => sql`DELETE FROM schedules WHERE name = ${p("name")}`);

export const pauseSchedule = statement<{ name: string; now: number }>(
  (p) => sql`
    UPDATE schedules SET paused = 1, updated_at = max(${p("now")}, updated_at + 1)
    WHERE name = ${p("name")} AND paused = 0`,
);

export const resumeSchedule = statement<{ name: string; nextAt: number | null; now: number }>(
  (p) => sql`
    UPDATE schedules SET paused = 0, next_at = ${p("nextAt")}, updated_at = max(${p("now")}, updated_at + 1)
    WHERE name = ${p("name")} AND paused = 1`,
);

/** Only from where it was when it was read. */
export const moveOn = statement<{ name: string; from: number | null; updatedAt: number; nextAt: number | null }>(
  (p) => sql`
    UPDATE schedules SET next_at = ${p("nextAt")}
    WHERE name = ${p("name")} AND paused = 0 AND next_at IS ${p("from")} AND updated_at = ${p("updatedAt")}`,
);

export const setLastJob = statement<{ name: string; job: string }>(
  (p) => sql`UPDATE schedules SET last_job = ${p("job")} WHERE name = ${p("name")}`,
);

export interface TickRow {
  tick_at: number;
  outcome: TickOutcome;
  job_id: string | null;
  note: string | null;
}

export const newestTicks = statement<{ name: string; limit: number }, TickRow>(
  (p) => sql`
    SELECT tick_at, outcome, job_id, note FROM schedule_ticks
    WHERE schedule = ${p("name")} ORDER BY tick_at DESC LIMIT ${p("limit")}`,
);

export const tickTimesFrom = statement<{ name: string; from: number }, { tick_at: number }>(
  (p) => sql`SELECT tick_at FROM schedule_ticks WHERE schedule = ${p("name")} AND tick_at >= ${p("from")}`,
);

/** The newest by when it was enqueued: one that was run by hand may be older than one for an earlier time. */
export const newestUnfinished = statement<{ name: string }, { id: string }>(
  (p) => sql`
    SELECT id FROM jobs WHERE seq = (
      SELECT max(jobs.seq) FROM schedule_ticks AS tick CROSS JOIN jobs ON jobs.id = tick.job_id
      WHERE tick.schedule = ${p("name")} AND NOT ${finished})`,
);

export const recordTick = statement<{
  name: string;
  at: number;
  outcome: TickOutcome;
  job: string | null;
  note: string | null;
}>(
  (p) => sql`
    INSERT INTO schedule_ticks (schedule, tick_at, outcome, job_id, note)
    VALUES (${p("name")}, ${p("at")}, ${p("outcome")}, ${p("job")}, ${p("note")})`,
);

/** One whose job has not ended is kept, however old it is: the ticks after it go by that. */
export const forgetOldTicks = statement<{ name: string; kept: number }>(
  (p) => sql`
    DELETE FROM schedule_ticks
    WHERE schedule = ${p("name")} AND tick_at <= (
        SELECT tick_at FROM schedule_ticks WHERE schedule = ${p("name")}
        ORDER BY tick_at DESC LIMIT 1 OFFSET ${p("kept")})
      AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = job_id AND ${unfinished})`,
);
