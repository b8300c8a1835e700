/**
 * A way past the write lock, for what most of the work is: ends and claims of jobs that have no part in anything else.
 * A database has one if it can do that beside others of its kind. What it leaves over goes into a transaction, see
 * `turns.ts`.
 */
import type { Claim, ClaimRequest } from "../../contract/store.js";
import type { Ending } from "../ending.js";

export interface FastLane {
  /**
   * Writes the ends that are plain and then, if these were all, claims jobs, in one transaction of its own. No fence
   * occurs twice among the ends.
   * @param request null: nothing is to be claimed
   */
  turn(endings: readonly Ending[], request: ClaimRequest | null): Promise<Turn>;
}

export interface Turn {
  /** The fences of the ends that were written. */
  readonly ended: ReadonlySet<number>;
  readonly claim: Claim;
  /** Whether a transaction would claim no more now, and says no more of the time of the next job. */
  readonly isWhole: boolean;
}
