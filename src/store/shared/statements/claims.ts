import type { ClaimedRow } from "../rows.js";
import type { Prepared } from "./prepared.js";

export interface ClaimStatements {
  /** The pairs of every queue that is not paused, best first. Costs as much as there are pairs, not jobs. */
  readonly pairs: Prepared<{ now: number }, PairRow>;
  /** The same, for these queues. */
  readonly pairsOf: Prepared<{ queues: readonly string[]; now: number }, PairRow>;
  /** The next jobs of one pair. */
  readonly dueOfPair: Prepared<{ queue: string; priority: number; now: number; limit: number }, CandidateRow>;
  /** Adds the attempt. No row: the job's limit key is in full use; or it has one, and is not to be claimed ahead. */
  readonly beginAttempt: Prepared<{ seq: number; workerId: string; ahead: boolean; now: number }, { fence: number }>;
  /** Gives the job to the worker. */
  readonly take: Prepared<
    { seq: number; fence: number; workerId: string; expiresAt: number; leaseMs: number; now: number },
    ClaimedRow
  >;
}

/** A queue and a priority that occur together among the waiting jobs. */
export interface PairRow {
  queue: string;
  priority: number;
  /** Earliest time of a job that may run now. Null: none may yet. */
  due_at: number | null;
  /** Earliest time of a job that may not run yet. Null: none. */
  next_at: number | null;
}

export interface CandidateRow {
  seq: number;
  run_at: number;
  queue: string;
}
