/**
 * A job: a command to run, with everything that decides when and how. Times are milliseconds since the epoch (UTC),
 * durations are milliseconds.
 */
import type { JobOptions } from "./options.js";
import type { JobState } from "./state.js";

/** Run by `/bin/sh -c` when it is a string; run as it is, without a shell's interpretation, when it is a list. */
export type CommandLine = string | readonly string[];

export interface Job {
  readonly id: string;
  readonly command: CommandLine;
  readonly state: JobState;
  readonly queue: string;
  /** Higher runs first. */
  readonly priority: number;
  /** Attempts charged since it was enqueued or last revived. */
  readonly attempts: number;
  /** How many attempts it gets in all; null: as configured when it is claimed. */
  readonly maxRetries: number | null;
  /** Per attempt; 0 is no limit; null: as configured when it is claimed. */
  readonly timeoutMs: number | null;
  /** The wait after attempt n is `base^n` seconds; null: as configured. */
  readonly backoffBase: number | null;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  /** Not before this. */
  readonly runAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When its newest attempt began. */
  readonly startedAt: number | null;
  /** When it reached a terminal state. */
  readonly finishedAt: number | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly lastError: string | null;
  /** What its newest attempt left as its result, as JSON text; null while that runs, and where it left none. */
  readonly result: string | null;
  /** How far its newest attempt said that it is, in percent. */
  readonly progress: number | null;
  readonly progressMessage: string | null;
  /** Who holds the lease, or held the last one. */
  readonly workerId: string | null;
  /** The number of the newest lease, of all leases ever given in this store; 0 before the first. */
  readonly fence: number;
  /** Attempts cut short through no fault of the job. */
  readonly interruptions: number;
  /** Attempts lost in a row, since one had another outcome. */
  readonly losses: number;
  /** Among unfinished jobs, only one has it. */
  readonly uniqueKey: string | null;
  /** Of the jobs with this key, at most {@link limit} run at a time. */
  readonly limitKey: string | null;
  readonly limit: number | null;
  /** How long it has for all its attempts, from when it was first to run. */
  readonly deadlineMs: number | null;
  /** No attempt goes on, or begins, after this. */
  readonly deadlineAt: number | null;
  /** What becomes of it when a job that it waits for ends in the wrong way: it dies as well, or stays blocked. */
  readonly onUnmet: "bury" | "hold";
  readonly options: JobOptions;
}

/** A job whose open questions the configuration has answered. */
export interface ResolvedJob extends Job {
  readonly maxRetries: number;
  readonly timeoutMs: number;
  readonly backoffBase: number;
}

/** One run of a job. `fence` names it in the store; `attempt` counts from 1 over the job's whole history. */
export interface Attempt {
  readonly jobId: string;
  readonly attempt: number;
  readonly fence: number;
  /** Null while it runs. */
  readonly outcome: import("./outcome.js").Outcome["kind"] | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly error: string | null;
  readonly workerId: string;
  /** Of the command's first process; null until it is known. */
  readonly pid: number | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** As JSON text. */
  readonly result: string | null;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
}
