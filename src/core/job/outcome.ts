/**
 * How an attempt ended. Each kind carries exactly its own data. Exit code, signal and message are derived here and
 * nowhere else.
 */
import { constants } from "node:os";
import { assertNever } from "../assert-never.js";

export type Outcome =
  | { readonly kind: "succeeded" }
  | { readonly kind: "failed"; readonly exitCode: number }
  /** `cpuTimeMs`: the attempt used up this processor time, its limit. */
  | { readonly kind: "killed"; readonly signal: string; readonly cpuTimeMs?: number }
  /** `limit`: who set the time limit; the job's deadline may have shortened it. Absent: unknown. */
  | {
      readonly kind: "timed-out";
      readonly timeoutMs: number;
      readonly limit?: "deadline" | "job" | "policy" | "setting";
    }
  /**
   * The command never ran. `transient`: the machine was short of a resource (processes, files, memory); not the job's
   * fault.
   */
  | { readonly kind: "not-started"; readonly message: string; readonly transient: boolean }
  | { readonly kind: "cancelled"; readonly reason: string | null }
  /** A shutdown stopped the attempt. */
  | { readonly kind: "interrupted" }
  /** The worker died or fell silent during the attempt, so the command's end is unknown. */
  | { readonly kind: "lost"; readonly message: string };

export const OUTCOME_KINDS = [
  "succeeded",
  "failed",
  "killed",
  "timed-out",
  "not-started",
  "cancelled",
  "interrupted",
  "lost",
] as const satisfies readonly Outcome["kind"][];

/** The exit code of coreutils' `timeout`. */
const TIMED_OUT_EXIT_CODE = 124;

/**
 * The exit code that a shell would report: 128 + n for a signal, 124 for a timeout. Null: no command ended by itself.
 */
export function exitCodeOf(outcome: Outcome): number | null {
  switch (outcome.kind) {
    case "succeeded":
      return 0;
    case "failed":
      return outcome.exitCode;
    case "killed":
      return 128 + (constants.signals[outcome.signal as NodeJS.Signals] ?? 0);
    case "timed-out":
      return TIMED_OUT_EXIT_CODE;
    case "not-started":
    case "cancelled":
    case "interrupted":
    case "lost":
      return null;
    default:
      return assertNever(outcome);
  }
}

export function signalOf(outcome: Outcome): string | null {
  return outcome.kind === "killed" ? outcome.signal : null;
}

/** One line for the user, as in `last_error`. Null: there is no error. */
export function describeOutcome(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case "succeeded":
      return null;
    case "failed":
      return `exited with code ${outcome.exitCode}${hintFor(outcome.exitCode)}`;
    case "killed":
      return outcome.cpuTimeMs === undefined
        ? `killed by ${outcome.signal}`
        : `used up its ${outcome.cpuTimeMs / 1000} s of processor time`;
    case "timed-out":
      return describeTimeout(outcome);
    case "not-started":
      return `could not start: ${outcome.message}`;
    case "cancelled":
      return outcome.reason === null ? "cancelled" : `cancelled: ${outcome.reason}`;
    case "interrupted":
      return "interrupted by a shutdown";
    case "lost":
      return `lost: ${outcome.message}`;
    default:
      return assertNever(outcome);
  }
}

function describeTimeout({ timeoutMs, limit }: Extract<Outcome, { kind: "timed-out" }>): string {
  const after = `timed out after ${timeoutMs / 1000} s`;
  switch (limit) {
    case undefined:
      return after;
    case "deadline":
      return "timed out: its deadline was over";
    case "job":
      return `${after}, its own limit`;
    case "policy":
      return `${after}, the limit of its policy`;
    case "setting":
      return `${after}, the limit of job-timeout; --timeout gives a job its own`;
    default:
      return assertNever(limit);
  }
}

/** POSIX gives two exit codes a meaning of the shell's own, and the ones above 128 name a signal (XCU 2.8.2). */
function hintFor(exitCode: number): string {
  if (exitCode === 127) return " (command not found)";
  if (exitCode === 126) return " (command not executable)";
  const signal = exitCode > 128 ? signalName(exitCode - 128) : null;
  return signal === null ? "" : ` (128 + ${signal})`;
}

/** Null: the system has no name for it. */
export function signalName(number: number): string | null {
  return Object.entries(constants.signals).find(([, known]) => known === number)?.[0] ?? null;
}
