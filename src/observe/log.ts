/**
 * Everything that supervisor and workers say in their log, in one place, so that the wording is consistent and can be
 * searched for. JSON lines by pino, or lines for people on a terminal. Writes are synchronous: a line that explains a
 * crash must not be lost in it.
 */
import pino from "pino";
import { humanDuration } from "../core/duration.js";
import type { Job } from "../core/job.js";
import { commandText } from "../core/job-json.js";
import { describeOutcome } from "../core/outcome.js";
import type { ClaimedJob, Settlement } from "../store/store.js";

export type Logger = pino.Logger;

export interface LogOptions {
  readonly pretty: boolean;
  /** What every line carries. */
  readonly base: Readonly<Record<string, string | number>>;
}

/** Logs to stderr, which a supervisor and its workers share. */
export async function openLog({ pretty, base }: LogOptions): Promise<Logger> {
  const destination = pino.destination({ fd: 2, sync: true });
  // A reader of the log that has gone (`| head`), or a full disk, is no reason to stop working.
  destination.on("error", () => {});
  const options: pino.LoggerOptions = {
    base,
    level: process.env.QUEUECTL_LOG_LEVEL ?? "info",
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
  if (!pretty) return pino(options, destination);
  const { default: prettyStream } = await import("pino-pretty");
  const stream = prettyStream({
    destination,
    sync: true,
    colorize: process.env.NO_COLOR === undefined,
    ignore:
      "pid,hostname,worker,supervisor,job,attempt,outcome,duration_ms,queue,exit_code,next,pid,workers,code,fence",
    translateTime: "SYS:HH:MM:ss",
    singleLine: true,
  });
  return pino(options, stream);
}

const SHOWN_COMMAND = 80;

function shortCommand(job: Pick<Job, "command">): string {
  const text = commandText(job.command).replace(/\s+/g, " ");
  return text.length > SHOWN_COMMAND ? `${text.slice(0, SHOWN_COMMAND)}…` : text;
}

export function jobStarted(log: Logger, job: ClaimedJob): void {
  if (!log.isLevelEnabled("info")) return;
  log.info({ job: job.id, attempt: job.attempt, queue: job.queue }, `job ${job.id} started: ${shortCommand(job)}`);
}

export function jobEnded(log: Logger, job: ClaimedJob, settlement: Settlement, durationMs: number): void {
  const { outcome, decision } = settlement;
  const { event, delayMs } = decision;
  const fields = { job: job.id, attempt: job.attempt, outcome: outcome.kind, duration_ms: Math.round(durationMs) };
  const took = humanDuration(durationMs);
  const why = describeOutcome(outcome);
  if (event === "complete") log.info(fields, `job ${job.id} completed in ${took}`);
  else if (event === "retry")
    log.warn(
      fields,
      `job ${job.id} ${why} after ${took}; next attempt ${delayMs === 0 ? "at once" : `in ${humanDuration(delayMs)}`}`,
    );
  else if (event === "bury") log.error(fields, `job ${job.id} ${why}; it is dead after ${job.attempts} attempt(s)`);
  else if (event === "release") log.warn(fields, `job ${job.id} ${why} after ${took}; it goes back to the queue`);
  else log.info(fields, `job ${job.id} ${why}`);
}

export function settleStale(log: Logger, { jobId, fence, outcome }: Settlement): void {
  log.warn(
    { job: jobId, fence, outcome: outcome.kind },
    `job ${jobId} was taken from this worker; its result is not recorded`,
  );
}

export function settleDelayed(log: Logger, count: number, pauseMs: number, error: unknown): void {
  log.error(
    { err: error },
    `cannot record the result of ${count} job(s), trying again in ${humanDuration(pauseMs)}: ${messageOf(error)}`,
  );
}

export function storeTrouble(log: Logger, doing: string, error: unknown): void {
  log.error({ err: error }, `${doing} failed, will try again: ${messageOf(error)}`);
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function leaseGone(log: Logger, job: ClaimedJob): void {
  log.error({ job: job.id, fence: job.fence }, `the lease of job ${job.id} was taken away while it ran; ending it`);
}
