import type { Outcome } from "../../../core/job/outcome.js";
import type { SettleEvent } from "../../../core/job/state.js";
import type { EndedRow } from "../enqueue-hooks.js";
import type { Flag } from "../rows.js";
import type { Prepared } from "./prepared.js";

/** Statements that end attempts. */
export interface SettleStatements {
  /** A row if the job's cancellation was requested. */
  readonly cancelRequest: Prepared<{ jobId: string }, { reason: string | null }>;
  /** By event, since each takes its states from the transition table. No row: the lease is not held. */
  readonly endLease: Readonly<Record<SettleEvent, Prepared<EndOfLease, SettledRow>>>;
  /** A row if the attempt has ended in exactly this way. */
  readonly recordedEnding: Prepared<Ending & { jobId: string }, { fence: number }>;
  readonly endAttempt: Prepared<EndOfAttempt>;
}

export interface SettledRow extends EndedRow {
  readonly limit_key: string | null;
  /** Whether jobs wait for it, or did. */
  readonly has_dependents: Flag;
}

interface EndOfLease {
  jobId: string;
  fence: number;
  /** Null: at any count. */
  ifRenewals: number | null;
  /** Null: unchanged, but not later than now. */
  runAt: number | null;
  /** Whether the job has ended. */
  ends: boolean;
  exitCode: number | null;
  signal: string | null;
  error: string | null;
  result: string | null;
  /** Whether the attempt does not count. */
  uncharged: boolean;
  interrupted: boolean;
  lost: boolean;
  /** The later one of this and the recorded time is kept; 0: that one. */
  startedAt: number;
  now: number;
}

interface Ending {
  fence: number;
  outcome: Outcome["kind"];
  exitCode: number | null;
  signal: string | null;
  error: string | null;
  result: string | null;
}

/** A database without files has no paths, and one without chunks has neither sizes nor a host. */
export interface OutputColumns {
  stdout: Uint8Array | null;
  stdoutBytes: number;
  stdoutFile: string | null;
  /** Of the whole stream in chunks. */
  stdoutSize: number | null;
  stderr: Uint8Array | null;
  stderrBytes: number;
  stderrFile: string | null;
  stderrSize: number | null;
  outputHost: string | null;
}

interface EndOfAttempt extends Ending, OutputColumns {
  /** Null: unchanged. */
  pid: number | null;
  /** As in {@link EndOfLease}. */
  startedAt: number;
  now: number;
}
