/**
 * A job: a command to run, with everything that decides when and how. Times are milliseconds since the epoch (UTC);
 * durations are milliseconds.
 */
import type { RetryOptions } from "../retry/policy.js";
import type { JobOptions } from "./options.js";
import type { JobState } from "./state.js";

/** A string runs under `/bin/sh -c`. A list runs without a shell: a program and its arguments. */
export type CommandLine = string | readonly string[];

export interface Job {
  readonly id: string;
  readonly command: CommandLine;
  readonly state: JobState;
  readonly queue: string;
  /** Higher runs first. */
  readonly priority: number;
  /** Attempts charged since the job was enqueued or last revived. */
  readonly attempts: number;
  /** Attempts allowed in all. Null: as configured at the claim. */
  readonly maxRetries: number | null;
  /** Time limit per attempt; 0 means no limit. Null: as configured at the claim. */
  readonly timeoutMs: number | null;
  /** Base of the backoff: `base^n` seconds after attempt n. Null: as configured. */
  readonly backoffBase: number | null;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  /** Earliest time of the next attempt. */
  readonly runAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Start of the newest attempt. */
  readonly startedAt: number | null;
  /** Time at which it reached a terminal state. */
  readonly finishedAt: number | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly lastError: string | null;
  /** Result of the newest attempt, as JSON text. Null: the attempt runs, or left none. */
  readonly result: string | null;
  /** Progress that the newest attempt reported, in percent. */
  readonly progress: number | null;
  readonly progressMessage: string | null;
  /** Worker that holds the lease, or held the last one. */
  readonly workerId: string | null;
  /** Number of the newest lease, unique in the store; 0 before the first. */
  readonly fence: number;
  /** Attempts cut short through no fault of the job. */
  readonly interruptions: number;
  /** Attempts lost in a row. */
  readonly losses: number;
  /** Unique among unfinished jobs. */
  readonly uniqueKey: string | null;
  /** At most {@link limit} jobs with this key run at a time. */
  readonly limitKey: string | null;
  readonly limit: number | null;
  /** Time for all attempts together, counted from the first due time. */
  readonly deadlineMs: number | null;
  /** Moment after which no attempt begins or goes on. */
  readonly deadlineAt: number | null;
  /** If a dependency can no longer be met: `bury` makes the job dead, `hold` leaves it blocked. */
  readonly onUnmet: "bury" | "hold";
  readonly options: JobOptions;
}

/** A job with the configuration's values filled in. */
export interface ResolvedJob extends Job {
  readonly maxRetries: number;
  readonly timeoutMs: number;
  readonly backoffBase: number;
  /** The job's own values of these. */
  readonly own: OwnRetries;
}

/** The job's own retry settings and time limit, without its policy's and the configuration's. */
export interface OwnRetries extends Pick<Job, "maxRetries" | "timeoutMs" | "backoffBase"> {
  readonly retry: RetryOptions;
}

/** One run of a job. `fence` is its key in the store; `attempt` counts from 1 over the job's whole history. */
export interface Attempt {
  readonly jobId: string;
  readonly attempt: number;
  readonly fence: number;
  /** Null: it runs. */
  readonly outcome: import("./outcome.js").Outcome["kind"] | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly error: string | null;
  readonly workerId: string;
  /** Process id of the command's first process. Null: not yet known. */
  readonly pid: number | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** JSON text. */
  readonly result: string | null;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
}
