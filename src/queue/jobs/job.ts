/**
 * Jobs and their attempts as the faces of the queue see them: flat, with the keys of `JobSpec` for what a job can be asked
 * for, and with nothing left open. Times are milliseconds since the epoch.
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
  /** Attempts charged since it was enqueued or last retried. */
  readonly attempts: number;
  /** Attempts that it gets in all. */
  readonly maxRetries: number;
  /** How long an attempt may run, in milliseconds. 0: no limit. */
  readonly timeoutMs: number;
  /** How long it has for all its attempts, in milliseconds. Null: no limit. */
  readonly deadlineMs: number | null;
  /** No attempt goes on, or begins, after this. Null: no limit. */
  readonly deadlineAt: number | null;
  readonly backoff: "exponential" | "fixed";
  readonly backoffBase: number;
  readonly backoffMaxMs: number;
  readonly jitter: number;
  /** Exit codes after which it is tried again. Null: all but those of the other two lists. */
  readonly retryOn: readonly number[] | null;
  /** Exit codes after which it is dead at once. Null: none. */
  readonly noRetryOn: readonly number[] | null;
  /** Exit codes that put it off. Null: none. */
  readonly snoozeOn: readonly number[] | null;
  readonly snoozeDelayMs: number;
  /** The policy that it names. Null: none. */
  readonly policy: string | null;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  /** It does not run before this. */
  readonly runAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When its newest attempt began. Null: none has. */
  readonly startedAt: number | null;
  /** When it completed, died or was cancelled. Null: it has not ended. */
  readonly finishedAt: number | null;
  /** Of its newest attempt. Null: it has none, or ended by a signal of ours. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly lastError: string | null;
  /** What its newest attempt wrote as its result, parsed. Null: none, or that attempt still runs. */
  readonly result: unknown;
  /** The same as JSON text, in which a long number has all of its digits. */
  readonly resultJson: string | null;
  /** How far its newest attempt said that it is, in percent. Null: it said nothing. */
  readonly progress: number | null;
  readonly progressMessage: string | null;
  /** The worker that runs it, or ran it last. Null: none did. */
  readonly workerId: string | null;
  /** The number of its newest lease, among all leases of the store; 0 before the first. */
  readonly fence: number;
  /** Attempts cut short through no fault of the job. */
  readonly interruptions: number;
  /** Attempts lost in a row, since one had another outcome. */
  readonly losses: number;
  /** Among unfinished jobs, only one has this key. Null: it has none. */
  readonly unique: string | null;
  /** Of the jobs with this key, at most {@link limit} run at a time. Null: it has none. */
  readonly limitKey: string | null;
  readonly limit: number | null;
  /** What becomes of it if a job that it waits for ends in the wrong way. */
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
  /** What the job leaves to its policy and the configuration, which answer it as they are now. */
  readonly inherited: readonly (keyof RetrySpec)[];
  /** The schedule that enqueued it. Null: none did. */
  readonly schedule: string | null;
  /** The time of the schedule that it is for. */
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
  /** What it wrote as its result, parsed. Null: none, or it still runs. */
  readonly result: unknown;
  /** The same as JSON text, in which a long number has all of its digits. */
  readonly resultJson: string | null;
}

type RetryValues = { readonly [Key in keyof RetrySpec]?: RetrySpec[Key] | null };

/** All that a policy or the configuration can answer for jobs that are there; a deadline is fixed when a job is enqueued. */
const INHERITABLE = [
  ...(["maxRetries", "timeoutMs", "backoff", "backoffBase", "backoffMaxMs", "jitter"] as const),
  ...(["retryOn", "noRetryOn", "snoozeOn", "snoozeDelayMs"] as const),
] as const;

/** Answers with its policy and the configuration what the job itself leaves open. */
export function toJob(stored: Parameters<typeof resolveJob>[0], config: Config): Job {
  return flatten(resolveJob(stored, config));
}

export function toAttempt(attempt: StoredAttempt): Attempt {
  return { ...attempt, result: parsed(attempt.result), resultJson: attempt.result };
}

/** The job without its parts, which only the store has. */
export function flatten({ options, uniqueKey, result, own, ...job }: ResolvedJob): Job {
  const { retry = {}, resources = {}, hooks = [], schedule, policy } = options;
  const { completed, failed, dead, webhook } = hookSetOf(hooks);
  return {
    ...job,
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

function inherited({ maxRetries, timeoutMs, backoffBase, retry }: OwnRetries): (keyof RetrySpec)[] {
  const said: RetryValues = { ...retry, maxRetries, timeoutMs, backoffBase };
  return INHERITABLE.filter((key) => said[key] === undefined || said[key] === null);
}

function parsed(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}
