/** Schedules as text. Times are in the schedule's zone, with its distance from UTC. */

import { commandText } from "../../core/job/command.js";
import type { JobState } from "../../core/job/state.js";
import type { Tick } from "../../core/schedule/schedule.js";
import { zonedTime } from "../../core/schedule/zone.js";
import { quoteWord } from "../../core/text/quote-word.js";
import { visible } from "../../core/text/visible.js";
import type { Schedule } from "../../queue/schedules.js";
import { stateText, style } from "../terminal/style.js";
import { type Column, renderTable } from "../terminal/table.js";
import { relativeTime } from "./times.js";

/** `2030-03-31 03:00:00 +02:00` */
export function zonedText(ms: number, zone: string): string {
  const text = zonedTime(ms, zone);
  return `${text.slice(0, 10)} ${text.slice(11, 19)} ${text.slice(19)}`;
}

/** @param stateOf state of its last job; null: there is none, or it was deleted */
export function scheduleColumns(now: number, stateOf: (schedule: Schedule) => JobState | null): Column<Schedule>[] {
  return [
    { title: "name", value: ({ name }) => name, importance: 9 },
    { title: "cron", value: ({ cron }) => cron, importance: 5 },
    { title: "zone", value: ({ zone }) => zone },
    { title: "next", value: (schedule) => nextText(schedule, now), importance: 8 },
    {
      title: "last run",
      value: (schedule) => stateOf(schedule) ?? "",
      paint: (text, schedule) => stateText(stateOf(schedule) ?? "", text),
      importance: 7,
    },
    { title: "last job", value: ({ lastJob }) => lastJob ?? "" },
    { title: "command", value: ({ job }) => commandText(job.command), importance: 4 },
  ];
}

export async function showSchedule(schedule: Schedule, ticks: readonly Tick[], now: number): Promise<string> {
  const { zone, jobJson: job } = schedule;
  const { command, ...rest } = job;
  const facts: [string, string][] = [
    ["Schedule", schedule.name],
    ["Command", visible(commandText(command))],
    ["Cron", `${schedule.cron}${schedule.seconds ? " (with seconds)" : ""}`],
    ["Zone", zone],
    ["Next", schedule.paused ? "paused" : nextLine(schedule, now)],
    ["Overlap", schedule.overlap],
    ["Catch-up", schedule.catchup],
    ["Last job", schedule.lastJob ?? "-"],
    ...Object.entries(rest).map(([key, value]): [string, string] => [title(key), visible(valueText(value))]),
  ];
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  const lines = facts.map(([name, text]) => `${style.bold(name.padEnd(width))}${text}`);
  if (ticks.length > 0) lines.push("", await renderTable(tickColumns(zone), ticks));
  return lines.join("\n");
}

function nextText({ paused, nextAt }: Schedule, now: number): string {
  if (paused) return "paused";
  if (nextAt === null) return "never";
  return nextAt > now ? relativeTime(nextAt, now) : "due";
}

function nextLine(schedule: Schedule, now: number): string {
  const { nextAt, zone } = schedule;
  return nextAt === null ? "never" : `${zonedText(nextAt, zone)} (${nextText(schedule, now)})`;
}

export function tickColumns(zone: string): Column<Tick>[] {
  return [
    { title: "time", value: ({ at }) => zonedText(at, zone), importance: 9, least: 19 },
    { title: "outcome", value: ({ outcome }) => outcome, importance: 8 },
    { title: "job", value: ({ job }) => job ?? "" },
    { title: "note", value: ({ note }) => note ?? "" },
  ];
}

const TITLES: Readonly<Record<string, string>> = { cwd: "Directory", env: "Environment" };

function title(key: string): string {
  return TITLES[key] ?? `${key.charAt(0).toUpperCase()}${key.slice(1).replaceAll("_", " ")}`;
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, text]) => `${name}=${quoteWord(String(text))}`)
    .join(" ");
}
