import type { DependencyCondition, DependencyStatus } from "../../../core/dependency/dependency.js";
import type { JobState } from "../../../core/job/state.js";
import type { EndedRow } from "../end-hooks.js";
import type { Flag } from "../rows.js";
import type { Prepared } from "./prepared.js";

/** Who waits for whom. Parents are named by their ids, children by their numbers, where nothing else is said. */
export interface DependencyStatements {
  /** The first of these parents that is no job, and its position in the list. */
  readonly firstUnknownParent: Prepared<Parents, { position: number; parent: string }>;
  readonly add: Prepared<{ edges: readonly NewEdge[] }>;
  /** Of the jobs with these ids, the pending ones; their numbers. */
  readonly markBlocked: Prepared<{ ids: readonly string[] }, { seq: number }>;
  /**
   * The jobs of a schedule that may not overlap wait each for the one before it. If a waiting job in the chain is
   * cancelled, its successor inherits its parents, across several cancelled jobs.
   */
  readonly inheritParents: Prepared<Parents>;
  /** What the end of the parents means; a parent that is not there any more did not complete. */
  readonly resolve: Prepared<Parents, { child: number }>;
  /** The blocked children whose dependencies are all met become pending. */
  readonly unblock: Prepared<Children & { now: number }>;
  /** The blocked children that have a dependency that can never be met die, unless they are to be held. */
  readonly bury: Prepared<Children & { now: number }, EndedRow>;
  /** The parents are to run again: the jobs that waited for them, or died because of them, wait for them anew. */
  readonly reset: Prepared<Parents, { child: number }>;
  /** The children that died of an unmet dependency, if no other one is unmet and their unique key is free. */
  readonly blockAgain: Prepared<Children & { now: number }, { id: string }>;
  /** Of these, the jobs that {@link blockAgain} had to leave dead, with the job that has the unique key now. */
  readonly keptDead: Prepared<Children, { id: string; holder: string | null }>;
  /**
   * Each pair is a job and the one that takes its place. A scheduled job waits for its turn, and for no other job: it
   * is not handed over.
   */
  readonly handOver: Prepared<{ pairs: readonly Pair[] }>;
  /**
   * What has been handed over. A child that waits for both jobs, by two conditions that cannot both hold, goes on
   * waiting for both.
   */
  readonly dropHandedOver: Prepared<{ pairs: readonly Pair[] }>;
  /** The children wait for no other parents than these any more. */
  readonly keepOnlyParents: Prepared<Children & Parents>;
  /** Lets a job run without waiting for this parent. Both are named by their ids. */
  readonly awaitNoMore: Prepared<{ child: string; parent: string }, { child: number }>;
  /** The children's ids, with the parents of each. */
  readonly parentsOf: Prepared<Children, { child: string; parent: string }>;
  /** The jobs that these wait for, or have waited for. All are named by their numbers. */
  readonly edgesOf: Prepared<Children, EdgeRow>;
  /** Of these jobs, the ones that others wait for, or have waited for. */
  readonly waitedFor: Prepared<{ ids: readonly string[] }, { id: string }>;
  /** A row if {@link waitedFor} has one. */
  readonly isWaitedFor: Prepared<Parents, { yes: number }>;
  /**
   * Among the jobs that these wait for, directly or not; all by their ids. No cycle that goes through one of these is
   * elsewhere.
   */
  readonly waitingEdges: Prepared<{ ids: readonly string[] }, { child: string; parent: string }>;
  /** Of one job, by the parents' ids. */
  readonly of: Prepared<{ id: string }, DependencyRow>;
  readonly dependentsOf: Prepared<{ id: string; limit: number }, { id: string; state: JobState }>;
}

interface Parents {
  parents: readonly string[];
}

interface Children {
  children: readonly number[];
}

/** Both by their ids. */
type NewEdge = readonly [child: string, parent: string, when: DependencyCondition];

type Pair = readonly [replaced: string, heir: string];

export interface EdgeRow {
  child: number;
  parent: number;
  /** The parent is blocked, or died of what it waited for; so it is buried, freed or revived with that. */
  moves: Flag;
}

interface DependencyRow {
  parent: string;
  condition: DependencyCondition;
  status: DependencyStatus;
  /** Of the parent; null: it was deleted. */
  state: JobState | null;
}
