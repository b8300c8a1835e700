/**
 * The wording of every log line of supervisor and workers, in one place, so that it is consistent and can be searched
 * for. Lines are text for a reader, or JSON by pino. Writes are synchronous, so that the line that explains a crash is not
 * lost in it; lines that can wait are written at the end of their turn of the event loop, see line-batch.ts. They go to
 * stderr, or, if detached, to a file that can be rotated.
 */
import { isatty } from "node:tty";
import pino from "pino";
import { QueuectlError, UnusableError } from "../core/errors.js";
import { commandText } from "../core/job/command.js";
import type { Job } from "../core/job/job.js";
import { describeOutcome } from "../core/job/outcome.js";
import type { LogFormat } from "../core/log-format.js";
import { localZone } from "../core/schedule/local-zone.js";
import { humanDuration } from "../core/text/duration.js";
import { quoteWord } from "../core/text/quote-word.js";
import { localTime } from "../core/text/time.js";
import { jsonVisible, visible, visibleLines } from "../core/text/visible.js";
import type { ClaimedJob, Settlement } from "../store/contract/store.js";
import { LineBatch } from "./line-batch.js";

export type Logger = pino.Logger;

export interface LogOptions {
  readonly format: LogFormat;
  /** Fields of every line. */
  readonly base: Readonly<Record<string, string | number>>;
  /** Path of the log file. Null: stderr. Supervisor and workers each open the file themselves, for appending. */
  readonly file: string | null;
}

export interface Log {
  readonly log: Logger;
  /** Opens a new file of the same name after the old one was moved away. Does nothing on stderr. */
  readonly reopen: () => void;
}

/** Memory that a full disk may cost, in bytes. Lines beyond it are dropped. */
const KEPT_FOR_LATER_BYTES = 1024 * 1024;

const LEVELS = [...Object.keys(pino.levels.values), "silent"];

/** The lowest level that is logged. @throws UnusableError if there is no such level */
export function logLevel(env: NodeJS.ProcessEnv = process.env): string {
  const level = env.QUEUECTL_LOG_LEVEL || "info";
  if (LEVELS.includes(level)) return level;
  throw new UnusableError(
    `QUEUECTL_LOG_LEVEL is ${JSON.stringify(level)}, which is not a log level`,
    `give one of ${LEVELS.join(", ")}`,
  );
}

export async function openLog(options: LogOptions): Promise<Log> {
  const destination = openDestination(options.file);
  // A log reader that has gone (`| head`) or a full disk is no reason to stop working.
  destination.on("error", () => {});
  const lines = new LineBatch((text) => void destination.write(text));
  const log = await logTo(lines, options);
  const reopen = () => {
    if (destination.file === null) return;
    lines.flush();
    try {
      destination.reopen();
    } catch (error) {
      // The log still has the old file.
      log.error({ err: error }, `cannot open the log file again: ${messageOf(error)}`);
    }
  };
  return { log, reopen };
}

type Destination = ReturnType<typeof pino.destination> & { readonly file: string | null };

/** If the file cannot be opened, stderr remains: the one that a detached supervisor was started with. */
function openDestination(file: string | null): Destination {
  const options = { sync: true, maxLength: KEPT_FOR_LATER_BYTES };
  try {
    if (file !== null) return pino.destination({ ...options, dest: file, mode: 0o600 }) as Destination;
  } catch {}
  return pino.destination({ ...options, fd: 2 }) as Destination;
}

async function logTo(lines: LineBatch, { format, base, file }: LogOptions): Promise<Logger> {
  const options: pino.LoggerOptions = {
    base,
    level: logLevel(),
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    hooks: { streamWrite: jsonVisible },
  };
  if (format === "json") return pino(options, { write: (line) => lines.write(line) });
  // A zone that cannot be used is an error now, and not in a line of the log.
  localZone();
  const { default: pinoPretty } = await import("pino-pretty");
  const onTerminal = file === null && isatty(2);
  // What a user can mend is said by the message. A stack is for a defect of ours.
  const err = (error: unknown) =>
    error instanceof QueuectlError ? undefined : pino.stdSerializers.err(error as Error);
  const prettify = pinoPretty.prettyFactory({
    colorize: onTerminal && process.env.NO_COLOR === undefined,
    ignore:
      "pid,hostname,worker,supervisor,pool,job,attempt,outcome,duration_ms,queue,exit_code,next,pid,workers,code,fence",
    singleLine: true,
    translateTime: false,
    customPrettifiers: { time: (time) => `[${localTime(Date.parse(String(time))).slice(11)}]` },
    messageFormat: (line, key) => visible(String(line[key])),
  });
  // The line overwrites a progress bar, which is drawn again below it.
  const erase = onTerminal ? "\r\x1b[K" : "";
  return pino(
    { ...options, serializers: { err } },
    {
      write: (line) => lines.write(line, `${erase}${visibleLines(prettify(line), onTerminal)}`),
    },
  );
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
  const { outcome, decision, remark } = settlement;
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
  else if (event === "release" && outcome.kind === "failed")
    log.info(fields, `job ${job.id} ${why} after ${took}: it asked to run again in ${humanDuration(delayMs)}`);
  else if (event === "release") log.warn(fields, `job ${job.id} ${why} after ${took}; it goes back to the queue`);
  else log.info(fields, `job ${job.id} ${why}`);
  if (remark) log.warn({ job: job.id, attempt: job.attempt }, `job ${job.id}: ${remark}`);
}

/** @param home its directory, since a log is read from anywhere */
export function policyGone(log: Logger, job: ClaimedJob, policy: string, home: string): void {
  const why = `there is no policy ${policy} that can be used: job ${job.id} runs as configured`;
  log.warn({ job: job.id }, `${why}; queuectl --home ${quoteWord(home)} policy show ${policy} says more`);
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

export function outputDelayed(log: Logger, fence: number, pauseMs: number, error: unknown): void {
  log.error(
    { fence, err: error },
    `cannot store the output of an attempt, trying again in ${humanDuration(pauseMs)}: ${messageOf(error)}`,
  );
}

export function storeTrouble(log: Logger, doing: string, error: unknown): void {
  log.error({ err: error }, `${doing} failed, will try again: ${messageOf(error)}`);
}

/** The message with its remedy. */
export function wholeMessageOf(error: unknown): string {
  const hint = error instanceof QueuectlError ? error.hint : undefined;
  return hint === undefined ? messageOf(error) : `${messageOf(error)}; ${hint}`;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function leaseGone(log: Logger, job: Pick<ClaimedJob, "id" | "fence">): void {
  log.error({ job: job.id, fence: job.fence }, `the lease of job ${job.id} was taken away while it ran; ending it`);
}

export function leaseNotRenewed(log: Logger, job: Pick<ClaimedJob, "id" | "fence">): void {
  const what = `the lease of job ${job.id} could not be renewed and is about to run out`;
  log.error({ job: job.id, fence: job.fence }, `${what}: the job is ended here, since another host may take it`);
}

export function claimLost(log: Logger, job: Pick<ClaimedJob, "id" | "fence">): void {
  const fields = { job: job.id, fence: job.fence };
  log.warn(fields, `job ${job.id} was claimed, but the answer was lost: it goes back to the queue`);
}

/** @param finding what is wrong with the directory, and what mends it */
export function outputUnusable(
  log: Logger,
  { message, hint }: { readonly message: string; readonly hint: string },
): void {
  log.error(`no job starts until this is mended: ${message}; ${hint}`);
}

export function diskFull(log: Logger, shortage: string): void {
  log.error(`no job starts until there is room: ${shortage}`);
}
