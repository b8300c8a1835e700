/**
 * Jobs and their attempts for the faces of the queue: flat, with the keys of `JobSpec`, and with no value left open.
 * Times are milliseconds since the epoch.
 */
import type { Config } from "../../config/config.js";
import { type HookEvent, hookSetOf } from "../../core/hook/hook.js";
import type { OwnRetries, ResolvedJob, Attempt as StoredAttempt } from "../../core/job/job.js";
import type { Outcome } from "../../core/job/outcome.js";
import type { JobState } from "../../core/job/state.js";
import { resolveJob } from "./resolve-defaults.js";
import type { CommandLine, RetrySpec } from "./spec.js";

export interface Job {
  readonly id: string;
  readonly command: CommandLine;
  readonly state: JobState;
  readonly queue: string;
  /** Higher runs first. */
  readonly priority: number;
  /** Attempts charged since the job was enqueued or last retried. */
  readonly attempts: number;
  /** Attempts allowed in all. */
  readonly maxRetries: number;
  /** Time limit of an attempt, in milliseconds. 0: no limit. */
  readonly timeoutMs: number;
  /** Time for all attempts together, in milliseconds. Null: no limit. */
  readonly deadlineMs: number | null;
  /** Moment after which no attempt begins or goes on. Null: no limit. */
  readonly deadlineAt: number | null;
  readonly backoff: "exponential" | "fixed";
  readonly backoffBase: number;
  readonly backoffMaxMs: number;
  readonly jitter: number;
  /** Exit codes after which the job is retried. Null: all but those of the other two lists. */
  readonly retryOn: readonly number[] | null;
  /** Exit codes after which it is dead at once. Null: none. */
  readonly noRetryOn: readonly number[] | null;
  /** Exit codes that snooze the job. Null: none. */
  readonly snoozeOn: readonly number[] | null;
  readonly snoozeDelayMs: number;
  /** Name of its policy. Null: none. */
  readonly policy: string | null;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  /** Earliest time of the next attempt. */
  readonly runAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Start of the newest attempt. Null: there is none. */
  readonly startedAt: number | null;
  /** Time at which it completed, died or was cancelled. Null: it has not ended. */
  readonly finishedAt: number | null;
  /** How long the newest attempt of a completed or dead job took, in milliseconds. Null: it did not run, or has not ended. */
  readonly durationMs: number | null;
  /** Exit code of the newest attempt. Null: none, or we ended it by a signal. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly lastError: string | null;
  /** Result of the newest attempt, parsed. Null: none, or the attempt runs. */
  readonly result: unknown;
  /** The same as JSON text, in which a long number has all of its digits. */
  readonly resultJson: string | null;
  /** Progress that the newest attempt reported, in percent. Null: none. */
  readonly progress: number | null;
  readonly progressMessage: string | null;
  /** Worker that runs it, or ran it last. Null: none did. */
  readonly workerId: string | null;
  /** Number of its newest lease, unique in the store; 0 before the first. */
  readonly fence: number;
  /** Attempts cut short through no fault of the job. */
  readonly interruptions: number;
  /** Attempts lost in a row. */
  readonly losses: number;
  /** Unique among unfinished jobs. Null: none. */
  readonly unique: string | null;
  /** At most {@link limit} jobs with this key run at a time. Null: none. */
  readonly limitKey: string | null;
  readonly limit: number | null;
  /** What happens if a dependency can no longer be met. */
  readonly onUnmet: "bury" | "hold";
  /** Null, as for the following two: the worker's own. */
  readonly nice: number | null;
  readonly memoryBytes: number | null;
  readonly cpuTimeMs: number | null;
  /** Null, as for the following ones: the job has no such hook. Its queue may have one. */
  readonly onCompleted: CommandLine | null;
  readonly onFailed: CommandLine | null;
  readonly onDead: CommandLine | null;
  readonly webhookUrl: string | null;
  readonly webhookEvents: readonly HookEvent[] | null;
  /** The values that come from its policy and the configuration, as they are now. */
  readonly inherited: readonly (keyof RetrySpec)[];
  /** Schedule that enqueued it. Null: none did. */
  readonly schedule: string | null;
  /** Due time of the schedule that the job is for. */
  readonly scheduledAt: number | null;
}

/** One run of a job. */
export interface Attempt {
  readonly jobId: string;
  /** Counts from 1 over the job's whole history. */
  readonly attempt: number;
  /** Names the attempt among all of the store. */
  readonly fence: number;
  /** Null: it still runs. */
  readonly outcome: Outcome["kind"] | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly error: string | null;
  readonly workerId: string;
  /** Of the command's first process. Null: not known yet. */
  readonly pid: number | null;
  readonly startedAt: number;
  /** Null: it still runs. */
  readonly finishedAt: number | null;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  /** Its result, parsed. Null: none, or it runs. */
  readonly result: unknown;
  /** The same as JSON text, in which a long number has all of its digits. */
  readonly resultJson: string | null;
}

type RetryValues = { readonly [Key in keyof RetrySpec]?: RetrySpec[Key] | null };

/** Keys that a policy or the configuration can fill in for stored jobs; a deadline is fixed when a job is enqueued. */
const INHERITABLE = [
  ...(["maxRetries", "timeoutMs", "backoff", "backoffBase", "backoffMaxMs", "jitter"] as const),
  ...(["retryOn", "noRetryOn", "snoozeOn", "snoozeDelayMs"] as const),
] as const;

/** The job with the values of its policy and the configuration filled in. */
export function toJob(stored: Parameters<typeof resolveJob>[0], config: Config): Job {
  return flatten(resolveJob(stored, config));
}

export function toAttempt(attempt: StoredAttempt): Attempt {
  return { ...attempt, result: parsed(attempt.result), resultJson: attempt.result };
}

/** The job without the parts that only the store has. */
export function flatten({ options, uniqueKey, result, own, ...job }: ResolvedJob): Job {
  const { retry = {}, resources = {}, hooks = [], schedule, policy } = options;
  const { completed, failed, dead, webhook } = hookSetOf(hooks);
  return {
    ...job,
    durationMs: durationOf(job),
    unique: uniqueKey,
    result: parsed(result),
    resultJson: result,
    policy: policy ?? null,
    backoff: retry.backoff ?? "exponential",
    backoffMaxMs: retry.backoffMaxMs ?? 0,
    jitter: retry.jitter ?? 0,
    retryOn: retry.retryOn ?? null,
    noRetryOn: retry.noRetryOn ?? null,
    snoozeOn: retry.snoozeOn ?? null,
    snoozeDelayMs: retry.snoozeDelayMs ?? 0,
    nice: resources.nice ?? null,
    memoryBytes: resources.memoryBytes ?? null,
    cpuTimeMs: resources.cpuTimeMs ?? null,
    onCompleted: completed ?? null,
    onFailed: failed ?? null,
    onDead: dead ?? null,
    webhookUrl: webhook?.url ?? null,
    webhookEvents: webhook?.events ?? null,
    inherited: inherited(own),
    schedule: schedule?.name ?? null,
    scheduledAt: schedule?.at ?? null,
  };
}

/** A job that was cancelled may have waited for its retry since its newest attempt. */
function durationOf({ state, startedAt, finishedAt }: Pick<Job, "state" | "startedAt" | "finishedAt">): number | null {
  if ((state !== "completed" && state !== "dead") || startedAt === null || finishedAt === null) return null;
  return Math.max(0, finishedAt - startedAt);
}

function inherited({ maxRetries, timeoutMs, backoffBase, retry }: OwnRetries): (keyof RetrySpec)[] {
  const said: RetryValues = { ...retry, maxRetries, timeoutMs, backoffBase };
  return INHERITABLE.filter((key) => said[key] === undefined || said[key] === null);
}

function parsed(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}
