/**
 * The contract of a backend, in roles, so that a consumer takes only what it needs. Each large role has its own file.
 * The comments here are the contract, and `tests/store/store-suite.ts` holds every backend to it.
 *
 * Every method may throw {@link StoreUnreachableError}, which passes, and {@link UnusableError}, which stays. After a
 * {@link StoreBusyError}, one of the former, nothing was written. When a promise has resolved, the change is on disk.
 *
 * The times of one job never go back: a change is not before the last one, even if the clock was put back meanwhile.
 * Across jobs they are the times of the backend's clock, in the order of the writes unless that clock was put back.
 *
 * A backend may run a transaction more than once before it is committed. What a caller is told or given (callbacks, a
 * `Revival`) is of the committed run, but for `onProgress`, which may begin anew.
 */

import type { Clock } from "../../core/clock.js";
import type { DependencyCondition, DependencyStatus, Edge } from "../../core/dependency/dependency.js";
import type { JobDescription } from "../../core/job/edit.js";
import type { Attempt, Job } from "../../core/job/job.js";
import type { PreparedJob as NewJob } from "../../core/job/spec.js";
import type { JobState, TerminalState } from "../../core/job/state.js";
import type { Condition } from "../../core/where/condition.js";
import type { Revival, ReviveOptions } from "../revival.js";
import type { HookStore } from "./hook-store.js";
import type { LeaseStore } from "./lease-store.js";
import type { AttemptOutput, OutputChunks } from "./output.js";
import type { PollIntervals } from "./poll-intervals.js";
import type { ProcessStore } from "./process-store.js";
import type { QueueStore } from "./queue-store.js";
import type { ScheduleStore } from "./schedule-store.js";
import type { SettingStore } from "./setting-store.js";
import type { WakeUps } from "./wake-ups.js";

export type { Edge } from "../../core/dependency/dependency.js";
/** A job before it is stored. `runAt` null: now, on the store's clock. */
export type { PreparedJob as NewJob } from "../../core/job/spec.js";
export type {
  Claim,
  ClaimedJob,
  ClaimRequest,
  Lease,
  LeaseStore,
  Progress,
  RunningJob,
  SettledAndClaimed,
  Settlement,
} from "./lease-store.js";
export {
  type AttemptOutput,
  CHUNK_BYTES,
  type ChunkKey,
  type OutputChunks,
  type StoredStream,
  type StreamName,
  type StreamPlace,
} from "./output.js";
export type { PollIntervals } from "./poll-intervals.js";
export {
  type Heartbeat,
  PROCESS_STATES,
  type ProcessRecord,
  type ProcessState,
  type ProcessStore,
  type SupervisorCommand,
} from "./process-store.js";
export type { Hold, LimitedQueue, QueueRecord, QueueStore } from "./queue-store.js";
export type { SettingStore } from "./setting-store.js";

export interface InsertOptions {
  /** Whether the job replaces one with the same id, with its history. A processing job is never replaced. */
  readonly replace?: boolean;
  /**
   * Called after a replacement with the output files (relative to the home) that are no longer referred to, if there
   * are any.
   */
  readonly onDroppedFiles?: (files: readonly string[]) => void;
  /**
   * Called for every job that is skipped because an unfinished job holds its unique key: with the job's id, the
   * holder's id and the job's position in the call.
   */
  readonly onSkipped?: (id: string, holder: string, position: number) => void;
  /**
   * The dependencies of the call's jobs, asked for when all batches are in. `idsOfCall` tells which of some names are
   * ids of the call. A job that depends on a skipped job waits for the holder of its key; a job that depends on a
   * replaced job waits for the replacement.
   */
  readonly edges?: (idsOfCall: (names: readonly string[]) => Promise<ReadonlySet<string>>) => Promise<readonly Edge[]>;
  /** Called now and then during a long write with the numbers written and in all. They count once the call resolves. */
  readonly onProgress?: (written: number, total: number) => void;
}

/** A dependency of a job, met or not. */
export interface StoredDependency {
  readonly parent: string;
  readonly when: DependencyCondition;
  readonly status: DependencyStatus;
  /** State of the parent. Null: it was deleted. */
  readonly state: JobState | null;
}

export const JOB_ORDERS = ["created", "updated", "run_at", "priority"] as const;
export type JobOrder = (typeof JOB_ORDERS)[number];

export interface JobFilter {
  readonly states?: readonly JobState[];
  readonly queue?: string;
  /** The job has every one of them. */
  readonly tags?: readonly string[];
  /** An additional condition. Ages count from the beginning of the list. */
  readonly where?: Condition;
  /** Leaves out jobs whose end is acknowledged. */
  readonly unacknowledged?: boolean;
  /** For `where`: the attempts of a job that leaves them to the configuration. */
  readonly defaultMaxRetries?: number;
  readonly limit?: number;
  /** Default `created`, oldest first; `priority` is highest first. Equal jobs come in the order of creation. */
  readonly order?: JobOrder;
  /** Reverses the whole list, equal jobs too. */
  readonly reverse?: boolean;
}

export type JobCounts = Readonly<Record<JobState, number>>;

/** The end of an attempt, as a rate needs it. Both null: it runs. */
export type Ending = Pick<Attempt, "fence" | "outcome" | "finishedAt">;

/** Result of a request to change one job. */
export type ChangeResult =
  | { readonly kind: "changed"; readonly job: Job }
  /** Only for a processing job: its worker has been asked and will end it. */
  | { readonly kind: "requested"; readonly job: Job }
  | { readonly kind: "wrong-state"; readonly job: Job }
  /** Another unfinished job holds its unique key. */
  | { readonly kind: "key-taken"; readonly job: Job }
  /** It died of a parent that is not revived with it. */
  | { readonly kind: "parent-failed"; readonly job: Job }
  | { readonly kind: "not-found" };

/** With the output files (relative to the home) that are no longer referred to. */
export type DeleteResult = ChangeResult & { readonly files?: readonly string[] };

/**
 * Order of the pages of a list of jobs that depend on each other. `parents-first` is for reviving: no job runs before
 * its parents. `children-first` is for cancelling and deleting: no job is started or buried by the end of its parent.
 * There the processing jobs come last, since each one that ends makes room for another.
 */
export type GraphOrder = "parents-first" | "children-first";

/** Jobs that ended in one of these states and have not changed for this long. */
export interface PruneSelection {
  readonly states: readonly TerminalState[];
  /** 0: any age. */
  readonly olderThanMs: number;
}

export interface Pruned {
  readonly deleted: number;
  /** Output files (relative to the home) that are no longer referred to. */
  readonly files: readonly string[];
}

export interface JobStore {
  /**
   * Inserts all jobs or none, in one transaction; resolves to their number. The result is as if they were inserted one
   * by one in their order, except that an id may not occur twice. While `batches` is awaited, nothing is locked. Memory
   * does not grow with their number.
   * @throws JobConflictError if an id exists (or is processing, with `replace`), or occurs twice in the call, or if a
   * unique key is taken
   * @throws UnknownParentError @throws CycleError @throws QueueFullError An error that `batches` throws is passed on;
   * nothing is written then either.
   */
  insert(
    batches: AsyncIterable<readonly NewJob[]> | Iterable<readonly NewJob[]>,
    options?: InsertOptions,
  ): Promise<number>;
  get(id: string): Promise<Job | null>;
  /** The ids that begin with `prefix`, in order, at most `limit`. */
  idsWithPrefix(prefix: string, limit: number): Promise<string[]>;
  list(filter: JobFilter): Promise<Job[]>;
  /**
   * As {@link list}, `size` jobs at a time, so that memory holds little more than the numbers of the jobs. Choice and
   * order are those of the beginning; a job that no longer matches when its turn comes is left out. Nothing is locked
   * in between. `graphOrder` matters only between pages.
   */
  pages(filter: JobFilter, size: number, graphOrder?: GraphOrder): AsyncIterable<Job[]>;
  /** The states of these jobs. Missing jobs are left out. */
  states(ids: readonly string[]): Promise<ReadonlyMap<string, JobState>>;
  /** Number of jobs in {@link list}. Without a limit it reads all matching jobs. */
  count(filter: JobFilter): Promise<number>;
  counts(): Promise<JobCounts>;
  /** The pending job that has been due longest. A job that waits for its retry is not pending. */
  oldestDue(): Promise<Job | null>;
  /** Dependencies of one job, by the parents' ids. */
  dependencies(jobId: string): Promise<StoredDependency[]>;
  /** Jobs that depend on this one, met or not; at most `limit`. */
  dependents(jobId: string, limit: number): Promise<{ readonly id: string; readonly state: JobState }[]>;
  /** Ids of unfinished jobs that name this policy; at most `limit`. Reads every unfinished job at worst. */
  withPolicy(name: string, limit: number): Promise<string[]>;
  /** Attempts of one job, oldest first. */
  attempts(jobId: string): Promise<Attempt[]>;
  /** Null: no such attempt. While it runs, both streams are empty, or what {@link OutputChunks.grown} said. */
  output(fence: number): Promise<AttemptOutput | null>;
  /**
   * Ends waiting jobs at once. For processing jobs, requests their end; see {@link LeaseStore.cancellations}. One
   * transaction: none of them is started or buried because another one is cancelled. Results in the order of `ids`.
   */
  cancelAll(ids: readonly string[], reason: string | null): Promise<ChangeResult[]>;
  /**
   * Starts jobs over: attempts, interruptions and losses back to 0, due now, and without dependencies but those on
   * parents that the same call revives. One transaction. A call may take several of them, parents first, with one
   * shared `revival`. Results in the order of `ids`.
   */
  reviveAll(ids: readonly string[], revival?: Revival, options?: ReviveOptions): Promise<ChangeResult[]>;
  /** The jobs that died since then because one of these ended or was deleted. Each with that one, all the way down. */
  buriedBy(ids: readonly string[], since: number): Promise<ReadonlyMap<string, string>>;
  /**
   * For a dead job whose parent was revived: it stayed dead because another job held its unique key. `holder`: the job
   * that holds it now. Null: no such case.
   */
  keptDead(id: string): Promise<{ readonly holder: string | null } | null>;
  /** Takes a dead job out of the dead-letter queue, if this attempt is its newest: its caller knows how it ended. */
  acknowledge(id: string, fence: number): Promise<void>;
  /** Makes a job due now. A job that is due already keeps its place. */
  expedite(id: string): Promise<ChangeResult>;
  /** Gives a job another description, if its state allows that and it is still as `seen`. Otherwise: wrong state. */
  edit(seen: Job, description: JobDescription): Promise<ChangeResult>;
  /**
   * Deletes jobs with their history, but none that is processing. One transaction: none of them is started or buried
   * because another one is deleted. Results in the order of `ids`.
   */
  deleteAll(ids: readonly string[]): Promise<DeleteResult[]>;
  /** Deletes at most `limit` of the selected jobs, with their history. 0 deleted: none is left. */
  prune(selection: PruneSelection, limit: number): Promise<Pruned>;
  /** Number of jobs that {@link prune} would delete without a limit. */
  prunable(selection: PruneSelection): Promise<number>;
  /**
   * The ends of attempts, for a rate: the ones with these fences, and the newest `limit` of all that began after the
   * fence `after`. Oldest first.
   */
  endings(fences: readonly number[], after: number, limit: number): Promise<Ending[]>;
  /** Names of the queues that have jobs or are configured, in order, at most `limit`. */
  queueNames(limit: number): Promise<string[]>;
  /** Of these fences, the ones whose attempt was deleted with its job. No process writes under them any more. */
  deletedAttempts(fences: readonly number[]): Promise<number[]>;
}

export interface Store extends WakeUps {
  readonly jobs: JobStore;
  readonly leases: LeaseStore;
  readonly processes: ProcessStore;
  readonly settings: SettingStore;
  readonly queues: QueueStore;
  readonly hooks: HookStore;
  readonly schedules: ScheduleStore;
  /** Null: a stream too large for its row stays in a file of the home. */
  readonly chunks: OutputChunks | null;
  /**
   * Id of this queue among all that one home may work on, for the names of its files. Null: a home works on one
   * database of this kind, and its files belong to that.
   */
  readonly installation: string | null;
  /**
   * The store's time. A time that is compared with a stored one comes from here, not from the wall clock of the
   * process.
   */
  readonly clock: Clock;
  /**
   * Whether a worker has to end an attempt by itself if it could not renew the lease in time. True: a process on
   * another host then takes the job, and cannot kill its processes here. False: every process is on this host and kills
   * before it takes, so a laptop that slept loses no job.
   */
  readonly selfFencing: boolean;
  readonly pollMs: PollIntervals;
  /**
   * Puts in order what piles up with every write, so that reading stays quick. Cheap if there is little; for a
   * supervisor, each second in which others write.
   */
  tidy(): Promise<void>;
  /** Whether only one home may have a supervisor on a database of this kind. */
  readonly oneHome: boolean;
  /**
   * Whether the open database is no longer the one at its location: it was deleted, emptied or replaced, or files that
   * belong to it were. Other processes open another one then, and neither sees what the other writes. Also true if its
   * schema is that of another version now. False if the system does not tell.
   */
  isReplaced(): Promise<boolean>;
  close(): Promise<void>;
}
