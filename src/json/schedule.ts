/** Schedules as JSON. Their jobs have the keys and units of a job's description. */
import { unitOfJsonKey } from "../core/job/keys.js";
import type { JobSpecJson } from "../core/job/schema.js";
import type { Tick } from "../core/schedule/schedule.js";
import { zonedTime } from "../core/schedule/zone.js";
import { parseDuration } from "../core/text/duration.js";
import { parseSize } from "../core/text/size.js";
import type { Schedule } from "../queue/schedules.js";
import { timeToJson } from "./values.js";

export function scheduleToJson(schedule: Schedule) {
  const { command, ...job } = schedule.jobJson;
  return {
    name: schedule.name,
    cron: schedule.cron,
    seconds: schedule.seconds,
    tz: schedule.zone,
    overlap: schedule.overlap,
    catchup: schedule.catchup,
    paused: schedule.paused,
    next_at: schedule.paused ? null : timeToJson(schedule.nextAt),
    last_job: schedule.lastJob,
    command,
    job: specToJson(job),
    created_at: timeToJson(schedule.createdAt),
    updated_at: timeToJson(schedule.updatedAt),
  };
}

export function scheduleWithTicksToJson(schedule: Schedule, ticks: readonly Tick[]) {
  return { ...scheduleToJson(schedule), ticks: ticks.map(tickToJson) };
}

/** Next due time. */
export function upcomingToJson(times: readonly number[], { zone }: Schedule) {
  return times.map((at) => ({ at: timeToJson(at), local: zonedTime(at, zone) }));
}

export function removedScheduleToJson(name: string) {
  return { name, removed: true };
}

function tickToJson({ at, outcome, job, note }: Tick) {
  return { scheduled_at: timeToJson(at), outcome, job, note };
}

/** A description as it was given, except for the form of durations and sizes. */
function specToJson(spec: Partial<JobSpecJson>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).map(([key, value]) => [key, inUnit(key, value)]));
}

function inUnit(key: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  const unit = unitOfJsonKey(key);
  if (unit === "milliseconds") return parseDuration(value, key) / 1000;
  return unit === "bytes" ? parseSize(value, key) : value;
}
