/** Statements about schedules and their ticks. */
import { sql } from "kysely";
import type { ScheduleStatements } from "../../shared/statements/schedules.js";
import { statement } from "../statement.js";
import { finished, unfinished } from "./predicates.js";

export const schedules: ScheduleStatements = {
  add: statement(
    (p) => sql`
    INSERT INTO schedules (name, cron, seconds, zone, overlap, catchup, job, next_at, created_at, updated_at)
    VALUES (${p("name")}, ${p("cron")}, ${p("seconds")}, ${p("zone")}, ${p("overlap")}, ${p("catchup")}, ${p("job", "json")},
      ${p("nextAt")}, ${p("now")}, ${p("now")})
    ON CONFLICT DO NOTHING`,
    "settings",
  ),

  replace: statement(
    (p) => sql`
    UPDATE schedules SET
      next_at = CASE WHEN cron = ${p("cron")} AND seconds = ${p("seconds")} AND zone = ${p("zone")}
        THEN next_at ELSE ${p("nextAt")} END,
      cron = ${p("cron")}, seconds = ${p("seconds")}, zone = ${p("zone")}, overlap = ${p("overlap")},
      catchup = ${p("catchup")}, job = ${p("job", "json")}, updated_at = greatest(${p("now")}, updated_at + 1)
    WHERE name = ${p("name")}`,
    "settings",
  ),

  byName: statement((p) => sql`SELECT * FROM schedules WHERE name = ${p("name")}`),

  all: statement(() => sql`SELECT * FROM schedules ORDER BY name`),

  due: statement(
    (p) => sql`SELECT * FROM schedules WHERE NOT paused AND next_at <= ${p("now")} ORDER BY next_at, name`,
  ),

  nextDue: statement(
    () => sql`SELECT * FROM schedules WHERE NOT paused AND next_at IS NOT NULL ORDER BY next_at, name LIMIT 1`,
  ),

  remove: statement((p) => sql`DELETE FROM schedules WHERE name = ${p("name")}`, "settings"),

  pause: statement(
    (p) => sql`
    UPDATE schedules SET paused = true, updated_at = greatest(${p("now")}, updated_at + 1)
    WHERE name = ${p("name")} AND NOT paused`,
    "settings",
  ),

  resume: statement(
    (p) => sql`
    UPDATE schedules SET paused = false, next_at = ${p("nextAt")}, updated_at = greatest(${p("now")}, updated_at + 1)
    WHERE name = ${p("name")} AND paused`,
    "settings",
  ),

  moveOn: statement(
    (p) => sql`
    UPDATE schedules SET next_at = ${p("nextAt")}
    WHERE name = ${p("name")} AND NOT paused AND next_at IS NOT DISTINCT FROM ${p("from")} AND updated_at = ${p("updatedAt")}`,
  ),

  setLastJob: statement((p) => sql`UPDATE schedules SET last_job = ${p("job")} WHERE name = ${p("name")}`),

  newestTicks: statement(
    (p) => sql`
    SELECT tick_at, outcome, job_id, note FROM schedule_ticks
    WHERE schedule = ${p("name")} ORDER BY tick_at DESC LIMIT ${p("limit")}`,
  ),

  tickTimesFrom: statement(
    (p) => sql`SELECT tick_at FROM schedule_ticks WHERE schedule = ${p("name")} AND tick_at >= ${p("from")}`,
  ),

  newestUnfinished: statement(
    (p) => sql`
    SELECT id FROM jobs WHERE seq = (
      SELECT max(jobs.seq) FROM schedule_ticks AS tick JOIN jobs ON jobs.id = tick.job_id
      WHERE tick.schedule = ${p("name")} AND NOT ${finished})`,
  ),

  recordTick: statement(
    (p) => sql`
    INSERT INTO schedule_ticks (schedule, tick_at, outcome, job_id, note)
    VALUES (${p("name")}, ${p("at")}, ${p("outcome")}, ${p("job")}, ${p("note")})`,
  ),

  forgetOldTicks: statement(
    (p) => sql`
    DELETE FROM schedule_ticks
    WHERE schedule = ${p("name")} AND tick_at <= (
        SELECT tick_at FROM schedule_ticks WHERE schedule = ${p("name")}
        ORDER BY tick_at DESC LIMIT 1 OFFSET ${p("kept")})
      AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = job_id AND ${unfinished})`,
  ),
};
