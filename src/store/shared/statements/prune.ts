import type { TerminalState } from "../../../core/job/state.js";
import type { OutputFiles } from "../rows.js";
import type { Prepared } from "./prepared.js";

export interface PruneStatements {
  /** Selected jobs, the longest unchanged of each queue first. */
  readonly find: Prepared<Selected & { limit: number }, { seq: number }>;
  readonly count: Prepared<Selected, { count: number }>;
  /** Null: this database has no output in files. */
  readonly outputFiles: Prepared<{ seqs: readonly number[] }, OutputFiles> | null;
  /** Deletes their attempts too. Skips unfinished jobs. */
  readonly delete: Prepared<{ seqs: readonly number[] }>;
}

export interface Selected {
  states: readonly TerminalState[];
  /** Changed last at this moment, or earlier. */
  before: number;
}
