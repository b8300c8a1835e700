import type { DependencyCondition, DependencyStatus } from "../../../core/dependency/dependency.js";
import type { JobState } from "../../../core/job/state.js";
import type { EndedRow } from "../enqueue-hooks.js";
import type { Flag } from "../rows.js";
import type { Prepared } from "./prepared.js";

/**
 * Statements about dependencies. Unless stated otherwise, parents are named by their ids and children by their numbers.
 */
export interface DependencyStatements {
  /** The first of these parents that does not exist, and its position in the list. */
  readonly firstUnknownParent: Prepared<Parents, { position: number; parent: string }>;
  readonly add: Prepared<{ edges: readonly NewEdge[] }>;
  /** Numbers of the pending jobs among these ids. */
  readonly markBlocked: Prepared<{ ids: readonly string[] }, { seq: number }>;
  /**
   * The jobs of a schedule that may not overlap form a chain. If a waiting job in the chain is cancelled, its successor
   * inherits its parents, across several cancelled jobs.
   */
  readonly inheritParents: Prepared<Parents>;
  /** Applies the end of the parents. A parent that no longer exists did not complete. */
  readonly resolve: Prepared<Parents, { child: number }>;
  /** Makes blocked children pending if all their dependencies are met. */
  readonly unblock: Prepared<Children & { now: number }>;
  /** Makes blocked children dead if a dependency can never be met, unless they are to be held. */
  readonly bury: Prepared<Children & { now: number }, EndedRow>;
  /** The parents will run again: their children, waiting or dead because of them, wait for them anew. */
  readonly reset: Prepared<Parents, { child: number }>;
  /** Blocks children that died of an unmet dependency, if no other one is unmet and their unique key is free. */
  readonly blockAgain: Prepared<Children & { now: number }, { id: string; seq: number }>;
  /** Of these jobs, the ones that died of an unmet dependency, each with the parents that did not meet theirs. */
  readonly diedOf: Prepared<{ ids: readonly string[] }, { child: string; parent: string; state: JobState | null }>;
  /** The jobs that died since then because a parent ended, all the way down, each with that parent. */
  readonly buriedBy: Prepared<Parents & { since: number }, { id: string; parent: string }>;
  /** Of these jobs, the ones that {@link blockAgain} left dead, each with the job that holds its key now. */
  readonly keptDead: Prepared<Children, { id: string; holder: string | null }>;
  /** Each pair is a job and its replacement. A scheduled job waits for its turn only, so it is not handed over. */
  readonly handOver: Prepared<{ pairs: readonly Pair[] }>;
  /**
   * Drops the handed-over dependencies. If a child waits for both jobs under contradictory conditions, it goes on
   * waiting for both.
   */
  readonly dropHandedOver: Prepared<{ pairs: readonly Pair[] }>;
  /** The children wait for no other parents than these any more. */
  readonly keepOnlyParents: Prepared<Children & Parents>;
  /** Drops a job's dependency on this parent. Both are named by their ids. */
  readonly awaitNoMore: Prepared<{ child: string; parent: string }, { child: number }>;
  /** Ids of the children, each with its parents. */
  readonly parentsOf: Prepared<Children, { child: string; parent: string }>;
  /** The dependencies of these jobs, met or not. All jobs are named by their numbers. */
  readonly edgesOf: Prepared<Children, EdgeRow>;
  /** Of these jobs, the ones that have children, waiting or not. */
  readonly waitedFor: Prepared<{ ids: readonly string[] }, { id: string }>;
  /** A row if {@link waitedFor} has one. */
  readonly isWaitedFor: Prepared<Parents, { yes: number }>;
  /**
   * The edges among the direct and indirect parents of these jobs, all by their ids. A cycle through one of these jobs
   * lies within them.
   */
  readonly waitingEdges: Prepared<{ ids: readonly string[] }, { child: string; parent: string }>;
  /** Dependencies of one job, by the parents' ids. */
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
  /**
   * Whether the parent is blocked, or died of an unmet dependency. Then it is buried, freed or revived with its own
   * parents.
   */
  moves: Flag;
}

interface DependencyRow {
  parent: string;
  condition: DependencyCondition;
  status: DependencyStatus;
  /** State of the parent. Null: it was deleted. */
  state: JobState | null;
}
