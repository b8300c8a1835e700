/**
 * What exec/ offers to the rest: run one command at a time in a warm launcher, tell how it ended, stop it on demand.
 */
import type { CommandLine } from "../core/job/job.js";
import type { Resources } from "../core/job/options.js";
import type { Outcome } from "../core/job/outcome.js";

export interface ExecutionRequest {
  readonly command: CommandLine;
  /** Absolute. */
  readonly cwd: string;
  /** Set on top of the launcher's own environment; whatever the job asked for and our QUEUECTL_ variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Created with mode 0600; the command writes to them directly, never through a pipe. */
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** Counted from the start of the command; 0 is no limit. */
  readonly timeoutMs: number;
  /** What each of its processes may use. Absent: as much as the launcher. */
  readonly resources?: Resources;
}

/** Why we end a command ourselves. */
export type StopCause = Extract<Outcome, { kind: "cancelled" | "interrupted" | "lost" }>;

export interface Execution {
  /**
   * Resolves to the pid of the command's first process as soon as that is there; to null where the system does not tell
   * it, and when the command could not start. Never rejects.
   */
  readonly pid: Promise<number | null>;
  /**
   * Resolves when the command and everything it left in its process group is gone; after a stop or a timeout also what left
   * the group. Two exceptions: what a command that succeeded within a tenth of a second left was told to end (TERM), but
   * not waited for; and what cannot be killed is given up after some seconds. Never rejects.
   */
  readonly ended: Promise<Outcome>;
  /**
   * TERM to everything the command started, KILL after `graceMs` (0: KILL at once). The first cause wins and becomes the
   * outcome, unless the command had ended before; a later call can only shorten the grace.
   */
  stop(cause: StopCause, graceMs: number): void;
}
