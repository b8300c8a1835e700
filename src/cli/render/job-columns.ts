/** The columns of a list of jobs, named after the JSON keys of a job. */

import { UsageError } from "../../core/errors.js";
import { commandText } from "../../core/job/command.js";
import { humanDuration } from "../../core/text/duration.js";
import { suggestion } from "../../core/text/suggest.js";
import { ExactJson } from "../../json/exact.js";
import { jobToJson } from "../../json/jobs/job.js";
import type { Job } from "../../queue/jobs/job.js";
import { stateText } from "../terminal/style.js";
import type { Column } from "../terminal/table.js";
import { progressText } from "./job-progress.js";
import { relativeTime } from "./times.js";

/** Length of a job's progress message in a row, in characters. */
const SHOWN_MESSAGE = 40;

export type JobColumn = keyof ReturnType<typeof jobToJson>;

export const JOB_COLUMNS: readonly JobColumn[] = [
  "id",
  "command",
  "state",
  "queue",
  "priority",
  "attempts",
  "max_retries",
  "exit_code",
  "signal",
  "last_error",
  "worker_id",
  "run_at",
  "created_at",
  "updated_at",
  "started_at",
  "finished_at",
  "timeout",
  "backoff_base",
  "cwd",
  "env",
  "tags",
  "result",
  "progress",
  "progress_message",
  "duration_ms",
  "schedule",
  "limit_key",
  "unique",
  "policy",
];

/** Other names of columns. */
const ALIASES: Readonly<Record<string, JobColumn>> = { duration: "duration_ms" };

/** @throws UsageError naming the nearest column */
export function jobColumns(text: string): JobColumn[] {
  return text.split(",").map((word) => {
    const typed = word.trim().toLowerCase().replaceAll("-", "_");
    const key = ALIASES[typed] ?? typed;
    if ((JOB_COLUMNS as readonly string[]).includes(key)) return key as JobColumn;
    throw new UsageError(`there is no column ${JSON.stringify(word.trim())}`, suggestion(key, JOB_COLUMNS));
  });
}

/** The default columns: the ones that tell these jobs apart. */
export function usualColumns(now: number): Column<Job>[] {
  const anyOther = (key: "queue" | "priority", usual: string | number) => ({
    title: key,
    value: (job: Job) => String(job[key]),
    inUse: (jobs: readonly Job[]) => jobs.some((job) => job[key] !== usual),
  });
  return [
    { title: "id", value: (job) => job.id, importance: 9, least: 12 },
    { title: "state", value: (job) => job.state, paint: (text, job) => stateText(job.state, text), importance: 8 },
    { ...anyOther("queue", "default"), importance: 4 },
    anyOther("priority", 0),
    { title: "attempts", value: (job) => `${job.attempts}/${job.maxRetries}`, importance: 5 },
    { title: "next run", value: (job) => nextRun(job, now), importance: 4 },
    { title: "created", value: (job) => relativeTime(job.createdAt, now), importance: 3 },
    { title: "duration", value: (job) => durationText(job, now), importance: 3 },
    { title: "tags", value: (job) => job.tags.join(","), importance: 2 },
    { title: "progress", value: (job) => progressText(job, SHOWN_MESSAGE), importance: 2 },
    { title: "last error", value: (job) => job.lastError ?? "", importance: 6 },
    { title: "command", value: (job) => commandText(job.command), importance: 7 },
  ];
}

/** Chosen columns stay even if they are empty. */
export function chosenColumns(keys: readonly JobColumn[], now: number): Column<Job>[] {
  return keys.map((key) =>
    key === "duration_ms"
      ? { title: "duration", value: (job) => durationText(job, now), inUse: () => true }
      : { title: key, value: (job) => cells(job, [key]).join(""), inUse: () => true },
  );
}

/** Of a running job: so far. */
function durationText(job: Job, now: number): string {
  const ms = job.state === "processing" && job.startedAt !== null ? Math.max(0, now - job.startedAt) : job.durationMs;
  return ms === null ? "" : humanDuration(ms);
}

export function pick(job: Job, keys: readonly JobColumn[] | null): Record<string, unknown> {
  const json = jobToJson(job);
  return keys === null ? json : Object.fromEntries(keys.map((key) => [key, json[key]]));
}

/** A job's values as texts, with the command as a user would type it. */
export function cells(job: Job, keys: readonly JobColumn[]): string[] {
  const json = { ...jobToJson(job), command: commandText(job.command) };
  return keys.map((key) => cellText(json[key]));
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof ExactJson) return value.text;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join(",");
  if (typeof value !== "object") return String(value);
  return Object.keys(value).length === 0 ? "" : JSON.stringify(value);
}

function nextRun(job: Job, now: number): string {
  const waits = job.state === "failed" || (job.state === "pending" && job.runAt > now);
  return waits ? relativeTime(job.runAt, now) : "";
}
