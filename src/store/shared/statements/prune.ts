import type { TerminalState } from "../../../core/job/state.js";
import type { OutputFiles } from "../rows.js";
import type { Prepared } from "./prepared.js";

export interface PruneStatements {
  /** Jobs that are selected, of each queue the longest unchanged first. */
  readonly find: Prepared<Selected & { limit: number }, { seq: number }>;
  readonly count: Prepared<Selected, { count: number }>;
  readonly outputFiles: Prepared<{ seqs: readonly number[] }, OutputFiles>;
  /** With their attempts; none that has not ended. */
  readonly delete: Prepared<{ seqs: readonly number[] }>;
}

export interface Selected {
  states: readonly TerminalState[];
  /** Changed last at this moment, or earlier. */
  before: number;
}
