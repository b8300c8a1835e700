/**
 * The state of the queue as text: the jobs, the processes, and what to do next. Each number has a line of its own, with
 * the same words always, so that a script can find it.
 */
import { join } from "node:path";
import { formatSetting, SETTING_KEYS } from "../../config/config.js";
import { commandText } from "../../core/job/command.js";
import { humanDuration } from "../../core/text/duration.js";
import { plural } from "../../core/text/plural.js";
import { visible } from "../../core/text/visible.js";
import { MAIN_POOL } from "../../home/pool.js";
import { otherPrograms, otherProgramText, renewalOf, runnersOf } from "../../queue/other-program.js";
import type { Status, SupervisorStatus, WorkerStatus } from "../../queue/status.js";
import { ownProgram } from "../../system/process/program.js";
import { asTyped } from "../parse/typed-options.js";
import { stateText, style } from "../terminal/style.js";
import { type Column, renderTable } from "../terminal/table.js";
import { progressText } from "./job-progress.js";
import { limitsText } from "./limits.js";
import { relativeTime } from "./times.js";

const SHOWN_ORDER = ["pending", "processing", "completed", "failed", "dead", "cancelled", "blocked"] as const;

/** Length of a command in a line, in characters. */
const SHOWN_COMMAND = 60;

/** Where values begin, in characters: after the longest title and a space. */
const VALUES_AT = "Active workers: ".length;

export async function statusText(status: Status): Promise<string> {
  const parts = [
    ...jobLines(status),
    line("Active workers", String(status.workers.filter(({ state }) => state !== "dead").length)),
    line("Supervisor", supervisorText(status.supervisor)),
    ...poolLines(status),
    ...otherProgramLines(status),
    ...homeLines(status),
    line("Configuration", configText(status)),
    line("Oldest", oldestText(status)),
    line("Paused", status.pausedQueues.map(style.yellow).join(", ")),
    line("Schedules", schedulesText(status)),
    line("Limits", limitedText(status)),
    status.workers.length > 0 ? await workersText(status.workers) : "",
    nextSteps(status).join("\n"),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

/** Empty: there is no value. */
function line(title: string, value: string): string {
  return value === ""
    ? ""
    : `${style.bold(`${title}:`)}${" ".repeat(Math.max(1, VALUES_AT - title.length - 1))}${value}`;
}

function jobLines({ jobs, deadLetters }: Status): string[] {
  const lines = SHOWN_ORDER.map((state) => {
    const note = state === "dead" && deadLetters < jobs.dead ? ` (${deadLetters} in the dead-letter queue)` : "";
    const text = `${`  ${state}:`.padEnd(VALUES_AT)}${jobs[state]}${note}`;
    return jobs[state] > 0 ? stateText(state, text) : style.dim(text);
  });
  return [line("Jobs", String(jobs.total)), ...lines];
}

function supervisorText({ running, pid, uptimeMs, state }: SupervisorStatus): string {
  if (!running) return "not running";
  const word = state === "degraded" ? style.red(state) : state;
  return `${word}, pid ${pid}, up ${humanDuration(uptimeMs ?? 0)}`;
}

/** Nothing if there is only the main pool. */
function poolLines({ pools }: Status): string[] {
  const hosts = new Set(pools.map(({ host }) => host));
  if (hosts.size < 2 && pools.every(({ name }) => name === MAIN_POOL)) return [];
  return pools.map((pool) =>
    line(
      hosts.size < 2 ? `Pool ${pool.name}` : `Pool ${pool.name} on ${pool.host}`,
      `${supervisorText({ ...pool, running: true })}, ${plural(pool.workers, "worker")}`,
    ),
  );
}

/** The processes that an upgrade has left behind. */
function otherProgramLines(status: Status): string[] {
  const own = ownProgram();
  return otherPrograms(runnersOf(status), own).map((other) =>
    line("Other program", style.yellow(otherProgramText(other, own))),
  );
}

/** The database only if it is not where it usually is. */
function homeLines({ home, database, exists }: Status): string[] {
  const elsewhere = database !== join(home, "queuectl.db");
  const places = elsewhere ? { Home: home, Database: database } : { Home: home };
  const note = exists ? "" : style.yellow(" (not there yet)");
  return Object.entries(places).map(([title, path]) => line(title, visible(path) + note));
}

export const WORKER_COLUMNS: readonly Column<WorkerStatus>[] = [
  { title: "worker", value: ({ id }) => id, importance: 6 },
  { title: "pool", value: ({ pool }) => pool, importance: 5 },
  {
    title: "host",
    value: ({ host }) => host,
    importance: 5,
    inUse: (rows) => rows.some((row) => row.host !== rows[0]?.host),
  },
  { title: "pid", value: ({ pid }) => String(pid), importance: 7 },
  {
    title: "state",
    value: ({ state }) => state,
    importance: 9,
    paint: (text, { state }) => (state === "dead" ? style.red(text) : text),
  },
  { title: "heartbeat", value: ({ heartbeatAgeMs }) => `${humanDuration(heartbeatAgeMs)} ago` },
  {
    title: "restarts",
    importance: 3,
    value: ({ restarts }) => String(restarts),
    inUse: (rows) => rows.some((row) => row.restarts > 0),
  },
  { title: "queues", value: ({ queues }) => queues?.join(",") ?? "" },
  { title: "uptime", value: ({ uptimeMs }) => humanDuration(uptimeMs) },
  { title: "job", value: ({ jobs }) => jobs.join(","), importance: 8 },
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
  return changed.map((key) => `${key}=${formatSetting(key, values[key])} (${origins[key]})`).join(", ");
}

function oldestText({ oldestDue, now }: Status): string {
  if (!oldestDue) return "";
  const age = humanDuration(Math.max(0, now - oldestDue.runAt));
  const command = visible(commandText(oldestDue.command));
  const shown = command.length > SHOWN_COMMAND ? `${command.slice(0, SHOWN_COMMAND)}…` : command;
  return `${oldestDue.id} has been due for ${age}: ${shown}`;
}

function schedulesText({ schedules: { total, paused, next }, now }: Status): string {
  if (total === 0) return "";
  const items = [String(total), ...(paused > 0 ? [`${paused} paused`] : [])];
  if (next) items.push(`next: ${next.name} ${next.at > now ? relativeTime(next.at, now) : "due"}`);
  return items.join(", ");
}

function limitedText({ limitedQueues }: Status): string {
  return limitedQueues.map(({ name, limits }) => `${name}: ${limitsText(limits)}`).join("; ");
}

function nextSteps(status: Status): string[] {
  const { jobs, deadLetters, supervisor, pausedQueues, schedules } = status;
  const own = ownProgram();
  const steps = otherPrograms(runnersOf(status), own).flatMap((other) => renewalOf(other, own));
  if (!supervisor.running && (jobs.pending + jobs.failed + jobs.processing > 0 || schedules.next))
    steps.push("To start workers: queuectl worker start --detach");
  if (pausedQueues.length > 0) steps.push(`To go on with a paused queue: queuectl queue resume ${pausedQueues[0]}`);
  if (deadLetters > 0) steps.push("To look at dead jobs: queuectl dlq list");
  if (jobs.total + schedules.total === 0)
    steps.push(`To enqueue a first job: queuectl enqueue '{"command":"echo hi"}'`);
  return steps.map((step) => style.dim(asTyped(step)));
}
