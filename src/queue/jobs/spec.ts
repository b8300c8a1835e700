/** A job as a program describes it. `spelling.ts` turns it into JSON's description, which `prepareJob` checks. */

import type { CommandLine } from "../../core/job/job.js";
import { LIBRARY_KEYS } from "../../core/job/keys.js";

export type { CommandLine };

/** How a policy spaces attempts, and which exit codes it retries. */
export interface RetrySpec {
  /** Attempts in all, 1 to 1,000,000. Default: the setting `max-retries`. */
  readonly maxRetries?: number;
  /**
   * Growth of the delay. Default `exponential`: `backoffBase` to the power of the attempt, in seconds. `fixed`: always
   * `backoffBase` seconds.
   */
  readonly backoff?: "exponential" | "fixed";
  /** 0 to 1000. Default: the setting `backoff-base`. */
  readonly backoffBase?: number;
  /** Longest delay between two attempts, in milliseconds. Default: the setting `backoff-max`. */
  readonly backoffMaxMs?: number;
  /** Share, 0 to 1, by which a delay randomly grows or shrinks. Default: the setting `backoff-jitter`. */
  readonly jitter?: number;
  /** Exit codes, 1 to 255, after which the job is retried; after any other code it is dead. Default: all. */
  readonly retryOn?: readonly number[];
  /** Exit codes after which the job is dead at once. Default: none. */
  readonly noRetryOn?: readonly number[];
  /**
   * Exit codes that mean "later": the job runs again after `snoozeDelayMs`, and the attempt does not count. Default:
   * none.
   */
  readonly snoozeOn?: readonly number[];
  /** Delay of a snoozed job, in milliseconds; at least 100. Default: one minute. */
  readonly snoozeDelayMs?: number;
  /** Time limit of an attempt, in milliseconds. 0: no limit. Default: the setting `job-timeout`. */
  readonly timeoutMs?: number;
  /** Time for all attempts together, in milliseconds from the first due time. Default: no limit. */
  readonly deadlineMs?: number;
}

/** A dependency: the job that another one waits for. */
export interface DependencySpec {
  /** An id, a prefix that fits only one job, or the `ref` of a job of the same call. */
  readonly job: string;
  /** `ok` (default): it completed; `fail`: it ended in any other way; `any`: it ended. */
  readonly when?: "ok" | "fail" | "any";
}

/** The keys for each job of a schedule; a single job has more keys, see {@link JobSpec}. */
export interface JobTemplate extends RetrySpec {
  readonly command: CommandLine;
  /** Default `default`. */
  readonly queue?: string;
  /** Higher runs first; -1,000,000,000 to 1,000,000,000. Default 0. */
  readonly priority?: number;
  /** Delay before the job is first due, in milliseconds. Default 0. */
  readonly delayMs?: number;
  /** Directory it runs in. Default: the working directory of the caller. */
  readonly cwd?: string;
  /** Environment variables, in addition to those of the worker. */
  readonly env?: Readonly<Record<string, string | number | boolean>>;
  readonly tags?: readonly string[];
  /** A key that only one unfinished job has, up to 200 characters. */
  readonly unique?: string;
  /** If an unfinished job holds the unique key: refuse this one (`reject`, default), skip it, or replace the other. */
  readonly onConflict?: "skip" | "replace" | "reject";
  /** Of the jobs with this key, at most `limit` run at a time. Goes with `limit`. */
  readonly limitKey?: string;
  readonly limit?: number;
  /** Name of the policy for values that the job leaves open. */
  readonly policy?: string;
  /** From -20 (first) to 19 (last), added to the worker's own. */
  readonly nice?: number;
  /** Address space of each process, in bytes; at least 4 MiB. */
  readonly memoryBytes?: number;
  /** Processor time of each process, in milliseconds; whole seconds. */
  readonly cpuTimeMs?: number;
  /** Run as a job of its own when this one has completed. */
  readonly onCompleted?: CommandLine;
  /** Run after each attempt that failed and will be retried. */
  readonly onFailed?: CommandLine;
  /** Run when the job is dead. */
  readonly onDead?: CommandLine;
  /** URL, http or https, to which the job's end is posted. */
  readonly webhookUrl?: string;
  /** Of `completed`, `failed` and `dead`. Default: `completed` and `dead`. */
  readonly webhookEvents?: readonly string[];
}

/**
 * A job to be enqueued. A key that is left out, or undefined, has its default.
 *
 * ```ts
 * const spec: JobSpec = { command: ["convert", "in.png", "out.webp"], timeoutMs: 60_000, tags: ["images"] };
 * ```
 */
export interface JobSpec extends JobTemplate {
  /** 1 to 128 letters, digits and `_ . : @ + -`. Default: 12 random lower-case letters and digits. */
  readonly id?: string;
  /** Earliest start: milliseconds since the epoch, a `Date`, or a text as in JSON (RFC 3339). Not with `delayMs`. */
  readonly runAt?: number | string | Date;
  /** Name of this job in the `after` of other jobs of the same call. */
  readonly ref?: string;
  /** Parents: ids, `"ID:fail"`, `"ID:any"`, or {@link DependencySpec}s. */
  readonly after?: string | readonly (string | DependencySpec)[];
  /** If a dependency can no longer be met: the job dies as well (`bury`, default), or stays blocked. */
  readonly onUnmet?: "bury" | "hold";
}

/** Keys that tie a job to others, or that count only when it is enqueued. */
const FIXED = [
  ...(["id", "ref", "after", "onUnmet", "unique", "onConflict"] as const),
  ...(["limitKey", "limit", "policy", "deadlineMs"] as const),
] as const;

/** The editable keys of a job. Null: removes the job's own value. */
export type JobChanges = { readonly [Key in Exclude<keyof JobSpec, (typeof FIXED)[number]>]?: JobSpec[Key] | null };

export const EDITABLE_KEYS = LIBRARY_KEYS.filter((key) => !(FIXED as readonly string[]).includes(key));
