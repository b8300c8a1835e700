/** The state of the queue as text: the jobs, the processes, and what to do next. */
import { formatSetting, SETTING_KEYS } from "../../config/config.js";
import { commandText } from "../../core/job/command.js";
import { humanDuration } from "../../core/text/duration.js";
import { visible } from "../../core/text/visible.js";
import type { Status, SupervisorStatus, WorkerStatus } from "../../queue/status.js";
import { stateText, style } from "../terminal/style.js";
import { type Column, renderTable } from "../terminal/table.js";
import { progressText } from "./job-progress.js";
import { limitsText } from "./limits.js";
import { relativeTime } from "./times.js";

const SHOWN_ORDER = ["pending", "processing", "completed", "failed", "dead", "cancelled", "blocked"] as const;

/** Length of a command in a line, in characters. */
const SHOWN_COMMAND = 60;

export async function statusText(status: Status): Promise<string> {
  const parts = [
    jobsText(status),
    supervisorText(status.supervisor),
    status.workers.length > 0 ? await workersText(status.workers) : "",
    configText(status),
    oldestText(status),
    pausedText(status),
    schedulesText(status),
    limitedText(status),
    nextSteps(status).join("\n"),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function jobsText({ jobs }: Status): string {
  const counts = SHOWN_ORDER.filter((state) => jobs[state] > 0 || state !== "blocked").map((state) => {
    const text = `${jobs[state]} ${state}`;
    return jobs[state] > 0 ? stateText(state, text) : style.dim(text);
  });
  return `${style.bold("Jobs")}        ${jobs.total} total: ${counts.join(", ")}`;
}

function supervisorText({ running, pid, uptimeMs, state }: SupervisorStatus): string {
  const title = style.bold("Supervisor");
  if (!running) return `${title}  not running`;
  const word = state === "degraded" ? style.red(state) : state;
  return `${title}  ${word}, pid ${pid}, up ${humanDuration(uptimeMs ?? 0)}`;
}

export const WORKER_COLUMNS: readonly Column<WorkerStatus>[] = [
  { title: "worker", value: ({ id }) => id },
  { title: "pid", value: ({ pid }) => String(pid) },
  {
    title: "state",
    value: ({ state }) => state,
    paint: (text, { state }) => (state === "dead" ? style.red(text) : text),
  },
  { title: "heartbeat", value: ({ heartbeatAgeMs }) => `${humanDuration(heartbeatAgeMs)} ago` },
  {
    title: "restarts",
    value: ({ restarts }) => String(restarts),
    inUse: (rows) => rows.some((row) => row.restarts > 0),
  },
  { title: "queues", value: ({ queues }) => queues?.join(",") ?? "" },
  { title: "uptime", value: ({ uptimeMs }) => humanDuration(uptimeMs) },
  { title: "job", value: ({ jobs }) => jobs.join(",") },
  { title: "progress", value: (worker) => workerProgress(worker) },
];

/** For several jobs, each with its id. */
function workerProgress({ jobs, progress }: WorkerStatus): string {
  const texts = progress.map((job) => [job.id, progressText(job, SHOWN_COMMAND)] as const);
  return texts.map(([id, text]) => (jobs.length > 1 ? `${id}: ${text}` : text)).join(", ");
}

async function workersText(workers: readonly WorkerStatus[]): Promise<string> {
  return `\n${await renderTable(WORKER_COLUMNS, workers)}\n`;
}

function configText({ config: { values, origins } }: Status): string {
  const changed = SETTING_KEYS.filter((key) => origins[key] !== "default");
  const items = changed.map((key) => `${key}=${formatSetting(key, values[key])} (${origins[key]})`);
  return items.length === 0 ? "" : `${style.bold("Config")}      ${items.join(", ")}`;
}

function oldestText({ oldestDue, now }: Status): string {
  if (!oldestDue) return "";
  const age = humanDuration(Math.max(0, now - oldestDue.runAt));
  const command = visible(commandText(oldestDue.command));
  const shown = command.length > SHOWN_COMMAND ? `${command.slice(0, SHOWN_COMMAND)}…` : command;
  return `${style.bold("Oldest")}      ${oldestDue.id} has been due for ${age}: ${shown}`;
}

function pausedText({ pausedQueues }: Status): string {
  return pausedQueues.length === 0 ? "" : `${style.bold("Paused")}      ${style.yellow(pausedQueues.join(", "))}`;
}

function schedulesText({ schedules: { total, paused, next }, now }: Status): string {
  if (total === 0) return "";
  const items = [String(total), ...(paused > 0 ? [`${paused} paused`] : [])];
  if (next) items.push(`next: ${next.name} ${next.at > now ? relativeTime(next.at, now) : "due"}`);
  return `${style.bold("Schedules")}   ${items.join(", ")}`;
}

function limitedText({ limitedQueues }: Status): string {
  const items = limitedQueues.map(({ name, limits }) => `${name}: ${limitsText(limits)}`);
  return items.length === 0 ? "" : `${style.bold("Limits")}      ${items.join("; ")}`;
}

function nextSteps({ jobs, supervisor, pausedQueues, schedules }: Status): string[] {
  const steps: string[] = [];
  if (!supervisor.running && (jobs.pending + jobs.failed + jobs.processing > 0 || schedules.next))
    steps.push("To start workers: queuectl worker start --detach");
  if (pausedQueues.length > 0) steps.push(`To go on with a paused queue: queuectl queue resume ${pausedQueues[0]}`);
  if (jobs.dead > 0) steps.push("To look at dead jobs: queuectl dlq list");
  if (jobs.total + schedules.total === 0)
    steps.push(`To enqueue a first job: queuectl enqueue '{"command":"echo hi"}'`);
  return steps.map((step) => style.dim(step));
}
