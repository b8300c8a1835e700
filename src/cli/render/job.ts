/** One job as text. */

import type { HookSet } from "../../core/hook/hook.js";
import { commandText } from "../../core/job/command.js";
import { isTerminal } from "../../core/job/state.js";
import { formatDuration, humanDuration } from "../../core/text/duration.js";
import { quoteWord } from "../../core/text/quote-word.js";
import { formatSize } from "../../core/text/size.js";
import { visible, visibleLines } from "../../core/text/visible.js";
import type { Report } from "../../json/jobs/report.js";
import type { Attempt, Job } from "../../queue/jobs/job.js";
import { asTyped } from "../parse/typed-options.js";
import { stateText, style } from "../terminal/style.js";
import { type Column, renderTable } from "../terminal/table.js";
import { hookFacts } from "./hooks.js";
import { progressText } from "./job-progress.js";
import { relationFacts } from "./relations.js";
import { fullTime, relativeTime } from "./times.js";

const TAIL_LINES = 20;
const SHOWN_RESULT = 500;
/** Most attempts in the table. */
const SHOWN_ATTEMPTS = 50;

export async function showText({ job, attempts, relations, tails, now }: Report): Promise<string> {
  const all = [...facts(job, now), ...hookFacts(hooksOf(job)), ...relationFacts(relations)];
  const width = Math.max(...all.map(([name]) => name.length)) + 2;
  const lines = all.map(([name, text]) => `${style.bold(name.padEnd(width))}${text}`);
  if (attempts.length > 0) lines.push("", await attemptsText(job, attempts, now));
  for (const name of ["stdout", "stderr"] as const) {
    if (tails[name] !== "")
      lines.push("", style.dim(`--- ${name} of the newest attempt ---`), lastLines(job, tails[name]));
  }
  if (tails.absence !== null) lines.push("", style.dim(`--- ${tails.absence} ---`));
  return lines.join("\n");
}

/** The newest attempts: a job may have thousands. */
async function attemptsText({ id }: Job, attempts: readonly Attempt[], now: number): Promise<string> {
  const table = await renderTable(attemptColumns(now), attempts.slice(-SHOWN_ATTEMPTS));
  const earlier = attempts.length - SHOWN_ATTEMPTS;
  return earlier > 0
    ? `${style.dim(asTyped(`… (${earlier} earlier attempts: queuectl show ${id} --json has all)`))}\n${table}`
    : table;
}

function facts(job: Job, now: number): [string, string][] {
  const env = Object.entries(job.env).map(([name, value]) => `${name}=${quoteWord(value)}`);
  const all: [string, string | null][] = [
    ["Job", job.id],
    ["Command", visible(commandText(job.command))],
    ["State", stateText(job.state)],
    ["Queue", job.queue],
    ["Priority", job.priority === 0 ? null : String(job.priority)],
    ["Attempts", `${job.attempts} of ${job.maxRetries}`],
    ["Progress", progressText(job, Number.POSITIVE_INFINITY) || null],
    ["Result", job.resultJson && resultText(job.id, visible(job.resultJson))],
    ["Last error", job.lastError && visible(job.lastError)],
    ["Exit code", job.exitCode === null ? null : String(job.exitCode)],
    ["Signal", job.signal],
    ["Next run", isTerminal(job.state) || job.state === "processing" ? null : fullTime(job.runAt, now)],
    ["Created", fullTime(job.createdAt, now)],
    ["Started", job.startedAt && fullTime(job.startedAt, now)],
    ["Finished", job.finishedAt && fullTime(job.finishedAt, now)],
    ["Worker", job.workerId],
    ["Timeout", timeoutText(job)],
    ["Deadline", job.deadlineAt && fullTime(job.deadlineAt, now)],
    ["Unique", job.unique && visible(job.unique)],
    ["Limit", job.limitKey && `${job.limit} at a time with the key ${visible(job.limitKey)}`],
    ["Policy", job.policy],
    ["Backoff", backoffText(job)],
    ["Retries", retriesText(job)],
    ["Resources", resourcesText(job)],
    ["Directory", visible(job.cwd)],
    ["Environment", env.length === 0 ? null : visible(env.join(" "))],
    ["Schedule", job.schedule && `${job.schedule}, for ${fullTime(job.scheduledAt ?? 0, now)}`],
    ["Tags", job.tags.length === 0 ? null : job.tags.join(", ")],
  ] as [string, string | null][];
  return all.filter((fact): fact is [string, string] => fact[1] !== null);
}

function resultText(id: string, text: string): string {
  if (text.length <= SHOWN_RESULT) return text;
  return `${text.slice(0, SHOWN_RESULT)}… (${asTyped(`queuectl show ${id} --json has all`)})`;
}

function hooksOf({ onCompleted, onFailed, onDead, webhookUrl, webhookEvents }: Job): HookSet {
  return {
    ...(onCompleted && { completed: onCompleted }),
    ...(onFailed && { failed: onFailed }),
    ...(onDead && { dead: onDead }),
    ...(webhookUrl !== null && { webhook: { url: webhookUrl, events: webhookEvents ?? [] } }),
  };
}

/** A limit that is not the job's own is often a surprise, so it says where it comes from. */
function timeoutText({ timeoutMs, inherited, policy }: Job): string {
  const limit = timeoutMs === 0 ? "none" : humanDuration(timeoutMs);
  if (!inherited.includes("timeoutMs")) return limit;
  return `${limit}, from ${policy === null ? "" : `the policy ${policy} or `}the setting job-timeout`;
}

function backoffText({ backoffBase, backoff, backoffMaxMs, jitter }: Job): string {
  return [
    backoff === "fixed" ? `${backoffBase}s after each attempt` : `${backoffBase}^n seconds after attempt n`,
    `at most ${formatDuration(backoffMaxMs)}`,
    ...(jitter > 0 ? [`give or take ${Math.round(jitter * 100)} %`] : []),
  ].join(", ");
}

/** The unusual retry options. Null: all are as usual. */
function retriesText({ retryOn, noRetryOn, snoozeOn, snoozeDelayMs }: Job): string | null {
  const parts = [
    ...(retryOn ? [retryOn.length > 0 ? `only on exit code ${retryOn.join(", ")}` : "on no exit code"] : []),
    ...(noRetryOn ? [`not on exit code ${noRetryOn.join(", ")}`] : []),
    ...(snoozeOn ? [`exit code ${snoozeOn.join(", ")} puts it off by ${humanDuration(snoozeDelayMs)}`] : []),
  ];
  return parts.length === 0 ? null : parts.join("; ");
}

function resourcesText({ nice, memoryBytes, cpuTimeMs }: Job): string | null {
  const parts = [
    ...(nice === null ? [] : [`nice ${nice}`]),
    ...(memoryBytes === null ? [] : [`${formatSize(memoryBytes)} of memory`]),
    ...(cpuTimeMs === null ? [] : [`${formatDuration(cpuTimeMs)} of processor time`]),
  ];
  return parts.length === 0 ? null : parts.join(", ");
}

export function attemptColumns(now: number): Column<Attempt>[] {
  return [
    { title: "attempt", value: ({ attempt }) => String(attempt), importance: 9 },
    { title: "outcome", value: ({ outcome }) => outcome ?? "running", importance: 8 },
    { title: "exit", value: ({ exitCode }) => (exitCode === null ? "" : String(exitCode)) },
    { title: "signal", value: ({ signal }) => signal ?? "" },
    { title: "started", value: ({ startedAt }) => relativeTime(startedAt, now) },
    {
      title: "took",
      value: ({ startedAt, finishedAt }) => humanDuration(Math.max(0, (finishedAt ?? now) - startedAt)),
    },
    { title: "pid", value: ({ pid }) => (pid === null ? "" : String(pid)) },
    { title: "error", value: ({ error }) => error ?? "", importance: 7 },
  ];
}

function lastLines({ id }: Job, text: string): string {
  const lines = visibleLines(text.replace(/\r?\n$/, "")).split(/\r?\n/);
  const shown = lines.slice(-TAIL_LINES);
  return shown.length < lines.length
    ? `… (${asTyped(`queuectl logs ${id} shows all`)})\n${shown.join("\n")}`
    : shown.join("\n");
}
