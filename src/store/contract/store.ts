/**
 * What a backend must do, in roles, a file for each large one, so that a consumer takes only what it needs. The comments here are the contract;
 * `tests/store/store-suite.ts` holds every backend to it.
 *
 * Every method may throw {@link StoreUnreachableError}, which passes, and {@link UnusableError}, which stays. After a
 * {@link StoreBusyError}, one of the former, nothing was written. What a promise has resolved for is on disk. `now` is taken by the backend from its clock after it holds the write lock, so that two
 * processes cannot order their writes differently from their times.
 */

import type { Clock } from "../../core/clock.js";
import type { DependencyCondition, DependencyStatus, Edge } from "../../core/job/dependency.js";
import type { JobDescription } from "../../core/job/edit.js";
import type { Attempt, Job } from "../../core/job/job.js";
import type { PreparedJob as NewJob } from "../../core/job/spec.js";
import type { JobState, TerminalState } from "../../core/job/state.js";
import type { Condition } from "../../core/where/condition.js";
import type { Revival } from "../revival.js";
import type { HookStore } from "./hook-store.js";
import type { LeaseStore } from "./lease-store.js";
import type { ProcessStore } from "./process-store.js";
import type { QueueStore } from "./queue-store.js";
import type { ScheduleStore } from "./schedule-store.js";
import type { SettingStore } from "./setting-store.js";

export type { Edge } from "../../core/job/dependency.js";
/** A job before the store has seen it; a `runAt` of null is now, on the store's clock. */
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
  PROCESS_STATES,
  type ProcessRecord,
  type ProcessState,
  type ProcessStore,
  type SupervisorCommand,
} from "./process-store.js";
export type { Hold, LimitedQueue, QueueRecord, QueueStore } from "./queue-store.js";
export type { SettingStore } from "./setting-store.js";

export interface InsertOptions {
  /** Put the job in the place of one with the same id, whose history goes; never of one that is processing. */
  readonly replace?: boolean;
  /** Called after a replacement with the output files (relative to the home) that nothing refers to any more, if any. */
  readonly onDroppedFiles?: (files: readonly string[]) => void;
  /**
   * Called for every job that is not enqueued because an unfinished one has its unique key, with that one's id and the job's
   * position in the call.
   */
  readonly onSkipped?: (id: string, holder: string, position: number) => void;
  /**
   * Who waits for whom among the jobs of the call and of the store; asked when all batches are there. `idsOfCall` tells which
   * of some names are ids of the call. Whoever names a job that is skipped waits for the one that has its key; whoever
   * names one that is replaced waits for the one that takes its place.
   */
  readonly edges?: (idsOfCall: (names: readonly string[]) => Promise<ReadonlySet<string>>) => Promise<readonly Edge[]>;
  /** Called now and then while many are written: how many, of how many. They count when the call resolves. */
  readonly onProgress?: (written: number, total: number) => void;
}

/** What a job waits for, or has waited for. */
export interface StoredDependency {
  readonly parent: string;
  readonly when: DependencyCondition;
  readonly status: DependencyStatus;
  /** Of the parent; null: it was deleted. */
  readonly state: JobState | null;
}

export const JOB_ORDERS = ["created", "updated", "run_at", "priority"] as const;
export type JobOrder = (typeof JOB_ORDERS)[number];

export interface JobFilter {
  readonly states?: readonly JobState[];
  readonly queue?: string;
  /** Every one of them. */
  readonly tags?: readonly string[];
  /** And this; ages count from when the list begins. */
  readonly where?: Condition;
  /** For `where`: the attempts of a job that leaves them to the configuration. */
  readonly defaultMaxRetries?: number;
  readonly limit?: number;
  /** Default `created`, oldest first; `priority` is highest first. Equal ones in the order of creation. */
  readonly order?: JobOrder;
  /** The whole list backwards, with those that are equal. */
  readonly reverse?: boolean;
}

export type JobCounts = Readonly<Record<JobState, number>>;

/** What was kept of one output stream of an attempt. */
export interface StoredStream {
  /** All that the command wrote, kept or not. */
  readonly bytes: number;
  /** The stream itself when it is small, its head and tail otherwise. */
  readonly text: Buffer;
  /** Where the stream is when it was too large for the row, relative to the home; null when `text` is all of it. */
  readonly file: string | null;
}

export interface AttemptOutput {
  readonly stdout: StoredStream;
  readonly stderr: StoredStream;
}

/** The end of an attempt as far as a rate needs it; both null while it runs. */
export type Ending = Pick<Attempt, "fence" | "outcome" | "finishedAt">;

/** What became of a request to change one job. */
export type ChangeResult =
  | { readonly kind: "changed"; readonly job: Job }
  /** Only for a processing job: its worker has been asked and will end it. */
  | { readonly kind: "requested"; readonly job: Job }
  | { readonly kind: "wrong-state"; readonly job: Job }
  /** Its unique key has been given to another unfinished job. */
  | { readonly kind: "key-taken"; readonly job: Job }
  | { readonly kind: "not-found" };

/** With the output files (relative to the home) that nothing refers to any more. */
export type DeleteResult = ChangeResult & { readonly files?: readonly string[] };

/**
 * In which order the jobs of a list come if some of them wait for each other: `parents-first` is how they can be revived, some at a
 * time, without one running before those that it waits for; `children-first` is how they can be cancelled or deleted without
 * one being started or buried by that. With it, the processing jobs come last, since each that ends makes room for another.
 */
export type GraphOrder = "parents-first" | "children-first";

/** Jobs that have ended in one of these states, and have not been changed for so long. */
export interface PruneSelection {
  readonly states: readonly TerminalState[];
  /** 0: however short ago. */
  readonly olderThanMs: number;
}

export interface Pruned {
  readonly deleted: number;
  /** Output files (relative to the home) that nothing refers to any more. */
  readonly files: readonly string[];
}

export interface JobStore {
  /**
   * All or none, in one transaction; resolves to how many. Which come in is as if they had been inserted one by one, in their
   * order, but for an id that occurs twice. Nothing is locked while `batches` is waited for, and memory does not grow with
   * their number.
   * @throws JobConflictError an id exists (or is processing, with `replace`), or occurs twice in the call, or a unique key is
   * taken @throws UnknownParentError @throws CycleError @throws QueueFullError. An error that `batches` throws is passed on;
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
   * As {@link list}, `size` at a time, so that memory holds little more than the numbers of the jobs. Which jobs, and in what
   * order, is as it was at the beginning; what no longer matches when its turn comes is left out. Nothing is locked in between.
   * `graphOrder` matters only between pages.
   */
  pages(filter: JobFilter, size: number, graphOrder?: GraphOrder): AsyncIterable<Job[]>;
  /** Of these jobs; one that there is not is left out. */
  states(ids: readonly string[]): Promise<ReadonlyMap<string, JobState>>;
  /** How many jobs {@link list} would give; without a limit it reads all that match. */
  count(filter: JobFilter): Promise<number>;
  counts(): Promise<JobCounts>;
  /** The pending job that has been due for longest; one that waits for its retry is not pending. */
  oldestDue(): Promise<Job | null>;
  /** Of one job, by the parents' ids. */
  dependencies(jobId: string): Promise<StoredDependency[]>;
  /** The jobs that wait for this one, or have; at most `limit`. */
  dependents(jobId: string, limit: number): Promise<{ readonly id: string; readonly state: JobState }[]>;
  /** The ids of unfinished jobs that name this policy; at most `limit`. Reads every unfinished job at worst. */
  withPolicy(name: string, limit: number): Promise<string[]>;
  /** Of one job, oldest first. */
  attempts(jobId: string): Promise<Attempt[]>;
  /** Null: no such attempt. While it runs, both streams are empty. */
  output(fence: number): Promise<AttemptOutput | null>;
  /** Ends a waiting job at once; asks for the end of a processing one, see {@link LeaseStore.cancellations}. */
  cancel(id: string, reason: string | null): Promise<ChangeResult>;
  /** As {@link cancel} of each, in one transaction: none of them is started or buried because another one is cancelled. */
  cancelAll(ids: readonly string[], reason: string | null): Promise<ChangeResult[]>;
  /** Once more from the beginning: attempts, interruptions and losses back to 0, due now, whatever it was to wait for. */
  revive(id: string): Promise<ChangeResult>;
  /**
   * As {@link revive} of each, in one transaction; but a job waits anew for those of its parents that the same call revives. A call
   * may take several transactions, parents first, which have one `revival` in common.
   */
  reviveAll(ids: readonly string[], revival?: Revival): Promise<ChangeResult[]>;
  /**
   * Of a dead job that did not come back when what it had died of was revived, since another one had its unique key: who has that
   * now. Null if it is no such job.
   */
  keptDead(id: string): Promise<{ readonly holder: string | null } | null>;
  /** Due now instead of later; one that is due already keeps its place. */
  expedite(id: string): Promise<ChangeResult>;
  /**
   * Gives a job another description, if it is one that may be edited and is as `seen`: in the same state, and not changed
   * since. Wrong state otherwise.
   */
  edit(seen: Job, description: JobDescription): Promise<ChangeResult>;
  /** With its history; not while it is processing. */
  delete(id: string): Promise<DeleteResult>;
  /** As {@link delete} of each, in one transaction: none of them is started or buried because another one is deleted. */
  deleteAll(ids: readonly string[]): Promise<DeleteResult[]>;
  /** Deletes at most `limit` of the selected jobs, with their history; 0 deleted means that none is left. */
  prune(selection: PruneSelection, limit: number): Promise<Pruned>;
  /** How many jobs {@link prune} would delete without a limit. */
  prunable(selection: PruneSelection): Promise<number>;
  /**
   * How attempts ended, for those who watch: those with these fences, and the newest `limit` of all that began after the
   * fence `after`; oldest first.
   */
  endings(fences: readonly number[], after: number, limit: number): Promise<Ending[]>;
  /** The names of the queues that have jobs or a say of somebody, in order, at most `limit`. */
  queueNames(limit: number): Promise<string[]>;
  /** Of these fences, the ones whose attempt was deleted with its job: nobody will write under them any more. */
  deletedAttempts(fences: readonly number[]): Promise<number[]>;
}

/**
 * How often it is worth asking the store for what it does not tell by itself, in milliseconds: short where a query costs
 * microseconds, long where it crosses a network. What is promised to take a second or less may not be polled less often than that.
 */
export interface PollIntervals {
  /** Requests to cancel what a worker runs. */
  readonly cancellations: number;
  /** Settings that may have changed, as a worker reads them before it claims. */
  readonly settings: number;
  /** A job that a command waits for. */
  readonly job: number;
  /** Supervisors and workers that a command waits for. */
  readonly processes: number;
  /** Jobs whose retention is over. */
  readonly retention: number;
}

export interface Store {
  readonly jobs: JobStore;
  readonly leases: LeaseStore;
  readonly processes: ProcessStore;
  readonly settings: SettingStore;
  readonly queues: QueueStore;
  readonly hooks: HookStore;
  readonly schedules: ScheduleStore;
  /** The store's time. A time that is compared with a stored one is taken from here, and not from the wall clock of the process. */
  readonly clock: Clock;
  /**
   * Whether a worker has to end an attempt by itself when it could not renew the lease in time. True: processes on other hosts take
   * the job then, and they cannot kill what runs here. False: every process is on this host and kills before it takes, so a
   * laptop that slept loses no job.
   */
  readonly selfFencing: boolean;
  readonly pollMs: PollIntervals;
  /**
   * Calls `wake` soon after another process wrote something, at least; also now and then for nothing. Returns the
   * function that ends it.
   */
  onWork(wake: () => void): () => void;
  /** Only one home may have a supervisor at work on a database of this kind. */
  readonly oneHome: boolean;
  /**
   * The name of the database that the store's location leads to now. If it differs from what it was, the database was replaced, and
   * what is open is not the one that others open from now on. Null: there is none any more.
   */
  identity(): Promise<string | null>;
  close(): Promise<void>;
}
