/** Schedules as JSON. */

import { commandText } from "../core/job/command.js";
import type { Schedule, Tick } from "../core/schedule/schedule.js";
import { isoTime } from "../core/text/time.js";

export function scheduleToJson(schedule: Schedule) {
  const { command, ...job } = schedule.job;
  return {
    name: schedule.name,
    cron: schedule.cron,
    seconds: schedule.seconds,
    tz: schedule.zone,
    overlap: schedule.overlap,
    catchup: schedule.catchup,
    paused: schedule.paused,
    next_at: schedule.paused || schedule.nextAt === null ? null : isoTime(schedule.nextAt),
    last_job: schedule.lastJob,
    command: commandText(command),
    job,
    created_at: isoTime(schedule.createdAt),
    updated_at: isoTime(schedule.updatedAt),
  };
}

export function tickToJson({ at, outcome, job, note }: Tick) {
  return { scheduled_at: isoTime(at), outcome, job, note };
}
