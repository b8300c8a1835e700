/** The interface of exec/: run one command at a time in a warm launcher, tell how it ended, and stop it on demand. */
import type { CommandLine } from "../core/job/job.js";
import type { Resources } from "../core/job/options.js";
import type { Outcome } from "../core/job/outcome.js";

export interface ExecutionRequest {
  readonly command: CommandLine;
  /** Absolute. */
  readonly cwd: string;
  /** Variables on top of the launcher's environment: the job's own and our QUEUECTL_ ones. */
  readonly env: Readonly<Record<string, string>>;
  /** Created with mode 0600. The command writes to the files directly, never through a pipe. */
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** Milliseconds from the start of the command; 0 means no limit. */
  readonly timeoutMs: number;
  /** Limits for each process of the command. Absent: the launcher's. */
  readonly resources?: Resources;
}

/** Why we end a command ourselves. */
export type StopCause = Extract<Outcome, { kind: "cancelled" | "interrupted" | "lost" }>;

export interface Execution {
  /**
   * Resolves to the pid of the command's first process as soon as it exists. Null: the system does not tell it, or the
   * command could not start. Never rejects.
   */
  readonly pid: Promise<number | null>;
  /**
   * Resolves when the command and every process left in its group is gone; after a stop or a timeout also the processes
   * that left the group. Two exceptions. If a command succeeds within a tenth of a second, its remaining processes get
   * TERM but are not waited for. Processes that cannot be killed are given up after some seconds. Never rejects.
   */
  readonly ended: Promise<Outcome>;
  /**
   * Sends TERM to every process of the command, and KILL after `graceMs` (0: KILL at once). The first cause wins and
   * becomes the outcome, unless the command had ended before. A later call can only shorten the grace.
   */
  stop(cause: StopCause, graceMs: number): void;
}
