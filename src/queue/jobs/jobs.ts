/**
 * The jobs of a queue: enqueue, read, wait for and change them, one or many. Parts that a short command does not need
 * are loaded on demand.
 */
import type { QueueContext } from "../../attempt/reclaim.js";
import { ConflictError, UsageError } from "../../core/errors.js";
import type { Job as StoredJob } from "../../core/job/job.js";
import { storable } from "../../core/text/storable.js";
import type { AttemptOutput, PruneSelection, StoredDependency } from "../../store/contract/store.js";
import type { Explanation } from "../explain/facts.js";
import { checkOptions } from "../options.js";
import {
  type ChangedJob,
  cancelAll,
  deleteAll,
  type JobsToChange,
  type RetryJobOptions,
  type RetryManyOptions,
  retryAll,
  theOne,
} from "./changes.js";
import { ENQUEUE_OPTIONS, type EnqueueOptions, enqueueSpecs } from "./enqueue.js";
import { type JobFilter, type PagesOptions, storeFilter } from "./filter.js";
import { findId, findJob, type JobReference } from "./find-job.js";
import { type Attempt, type Job, toAttempt, toJob } from "./job.js";
import type { PruneOptions } from "./prune.js";
import { resolveJob } from "./resolve-defaults.js";
import type { JobChanges, JobSpec } from "./spec.js";
import type { Waited, WaitOptions } from "./wait.js";

export interface CancelOptions {
  /** Becomes part of the job's last error. */
  readonly reason?: string | null;
}

/** Progress that a running attempt reports. */
export interface Progress {
  /** 0 to 100. */
  readonly percent: number;
  /** Null or absent: none. */
  readonly message?: string | null;
}

export type { AttemptOutput, PruneSelection, StoredDependency } from "../../store/contract/store.js";

/** A job that depends on another one. */
export type Dependent = Pick<Job, "id" | "state">;

const STALE_HINT = "end it: the job has been taken from it, and another attempt may be running";

/** Most jobs of a long list in memory at a time. */
const PAGE_SIZE = 1000;

export class Jobs {
  readonly #context: QueueContext;

  /** @internal */
  constructor(context: QueueContext) {
    this.#context = context;
  }

  /**
   * Enqueues one job. Once this has resolved, the job survives anything short of losing the disk. If another job holds
   * the unique key and `onConflict` is `skip`, resolves to that job.
   *
   * ```ts
   * const job = await client.jobs.enqueue({ command: ["convert", "in.png", "out.webp"], timeoutMs: 60_000 });
   * ```
   * @throws UsageError @throws JobConflictError if the id exists, or an unfinished job holds the unique key
   */
  async enqueue(spec: JobSpec, options: EnqueueOptions = {}): Promise<Job> {
    checkOptions("enqueue", options, ENQUEUE_OPTIONS);
    const config = await this.#context.config();
    const [id] = await enqueueSpecs(this.#context, [spec], options, () => "");
    return toJob(await findJob(this.#context.store.jobs, { id: id as string }), config);
  }

  /**
   * Enqueues all jobs or none. They may depend on each other by `ref` or id. Memory holds a batch of them, and the ids.
   *
   * ```ts
   * const ids = await client.jobs.enqueueMany(files.map((file) => ({ command: ["gzip", file] })));
   * await client.jobs.wait(ids);
   * ```
   * @returns the ids, in the order of `specs`; for a skipped job, the id of the job that holds its unique key
   * @throws UsageError naming the wrong description, counted from 0
   * @throws JobConflictError if an id or a unique key is taken, or an id occurs twice; with its `position`
   */
  async enqueueMany(
    specs: Iterable<JobSpec> | AsyncIterable<JobSpec>,
    options: EnqueueOptions = {},
  ): Promise<string[]> {
    checkOptions("enqueueMany", options, ENQUEUE_OPTIONS);
    return enqueueSpecs(this.#context, specs, options, (position) => `specs[${position}]`);
  }

  /**
   * The id behind `reference`: an id; `last`, for the newest job of a user; or a prefix that fits only one job.
   * @throws NoSuchJobError @throws UsageError if the prefix fits several jobs
   */
  resolveId(reference: JobReference): Promise<string> {
    return findId(this.#context.store.jobs, reference);
  }

  /** @throws NoSuchJobError @throws UsageError if `reference` is a prefix that fits several jobs */
  async get(reference: JobReference): Promise<Job> {
    return this.#resolved(await findJob(this.#context.store.jobs, reference));
  }

  /** The jobs with these ids, one by one. Missing jobs are left out. */
  async *each(ids: Iterable<string>): AsyncGenerator<Job, void, undefined> {
    const config = await this.#context.config();
    for (const id of ids) {
      const job = await this.#context.store.jobs.get(id);
      if (job !== null) yield toJob(job, config);
    }
  }

  /**
   * ```ts
   * const failed = await client.jobs.list({ queue: "etl", where: "state=failed and updated<1h" });
   * ```
   * @throws UsageError
   */
  async list(filter: JobFilter = {}): Promise<Job[]> {
    const config = await this.#context.config();
    const jobs = await this.#context.store.jobs.list(await storeFilter("list", filter, config));
    return jobs.map((job) => toJob(job, config));
  }

  /** As {@link list}, a page at a time, so that memory does not hold all jobs. */
  async *pages(filter: JobFilter = {}, options: PagesOptions = {}): AsyncGenerator<Job[], void, undefined> {
    checkOptions("pages", options, ["graphOrder"]);
    const config = await this.#context.config();
    const stored = await storeFilter("pages", filter, config);
    for await (const jobs of this.#context.store.jobs.pages(stored, PAGE_SIZE, options.graphOrder)) {
      yield jobs.map((job) => toJob(job, config));
    }
  }

  /** Number of jobs in {@link list}. */
  async count(filter: JobFilter = {}): Promise<number> {
    return this.#context.store.jobs.count(await storeFilter("count", filter, await this.#context.config()));
  }

  /** The attempts of a job, oldest first. @throws NoSuchJobError */
  async attempts(reference: JobReference): Promise<Attempt[]> {
    return (await this.#context.store.jobs.attempts(await this.resolveId(reference))).map(toAttempt);
  }

  /** Null: the attempt was deleted. While it runs, both streams are empty. */
  output(attempt: Pick<Attempt, "fence">): Promise<AttemptOutput | null> {
    return this.#context.store.jobs.output(attempt.fence);
  }

  /** The dependencies of a job, met ones too. @throws NoSuchJobError */
  async dependencies(reference: JobReference): Promise<StoredDependency[]> {
    return this.#context.store.jobs.dependencies(await this.resolveId(reference));
  }

  /** The jobs that depend on this one, met or not; at most `limit`. @throws NoSuchJobError */
  async dependents(reference: JobReference, limit = PAGE_SIZE): Promise<Dependent[]> {
    return this.#context.store.jobs.dependents(await this.resolveId(reference), limit);
  }

  /**
   * Waits until these jobs have ended, or the time is over.
   *
   * ```ts
   * const { ended, unfinished } = await client.jobs.wait(["job1", "job2"], { timeoutMs: 60_000 });
   * ```
   * @throws NoSuchJobError
   * @throws UnusableError if the database was deleted or replaced meanwhile
   */
  async wait(references: readonly string[], options: WaitOptions = {}): Promise<Waited> {
    checkOptions("wait", options, ["timeoutMs", "onLook"]);
    const { store } = this.#context;
    const known = await store.jobs.states(references);
    const ids: string[] = [];
    for (const reference of references) ids.push(known.has(reference) ? reference : await this.resolveId(reference));
    const { waitForJobs } = await import("./wait.js");
    return waitForJobs(store, ids, options);
  }

  /** Why a job is not running, or how it ended. @throws NoSuchJobError */
  async explain(reference: JobReference): Promise<Explanation> {
    const [{ gatherFacts }, { explain }] = [
      await import("../explain/gather.js"),
      await import("../explain/explain.js"),
    ];
    const config = await this.#context.config();
    const job = await findJob(this.#context.store.jobs, reference);
    const facts = await gatherFacts({ ...this.#context, config }, resolveJob(job, config));
    return { job: toJob(job, config), reasons: explain(facts) };
  }

  /**
   * Cancels a job that has not ended. A running job is killed first, and this resolves when it is gone.
   * @throws NoSuchJobError @throws ConflictError if it has ended already, or its worker does not answer
   */
  async cancel(reference: JobReference, options: CancelOptions = {}): Promise<Job> {
    return theOne(await this.cancelMany([{ id: await this.resolveId(reference) }], options));
  }

  /**
   * Cancels jobs. None of them is started or buried by the end of another one. Resolves when the running ones are gone.
   *
   * ```ts
   * for await (const jobs of client.jobs.pages({ queue: "etl" }, { graphOrder: "children-first" })) {
   *   await client.jobs.cancelMany(jobs);
   * }
   * ```
   */
  async cancelMany(jobs: JobsToChange, options: CancelOptions = {}): Promise<ChangedJob[]> {
    checkOptions("cancel", options, ["reason"]);
    return cancelAll(this.#context, jobs, options.reason ?? null);
  }

  /**
   * Runs an ended job again: same id, history kept, attempts back to 0. Jobs that died of it come back with it.
   * @throws NoSuchJobError @throws ConflictError if it has not ended, or died of its parent, without `force`
   */
  async retry(reference: JobReference, options: RetryJobOptions = {}): Promise<Job> {
    checkOptions("retry", options, ["force"]);
    return theOne(await this.retryMany([{ id: await this.resolveId(reference) }], options));
  }

  /** Runs ended jobs again. Jobs that depend on others of the same call run after them. */
  async retryMany(jobs: JobsToChange, options: RetryManyOptions = {}): Promise<ChangedJob[]> {
    checkOptions("retryMany", options, ["revival", "force"]);
    return retryAll(this.#context, jobs, options);
  }

  /** Takes a dead job out of the dead-letter queue until it is retried. `queuectl run` does so when it tells the end. */
  acknowledge({ id, fence }: Pick<Job, "id" | "fence">): Promise<void> {
    return this.#context.store.jobs.acknowledge(id, fence);
  }

  /** Makes a job due now. @returns false if it waits for neither its time nor its retry @throws NoSuchJobError */
  async expedite(reference: JobReference): Promise<boolean> {
    return (await this.#context.store.jobs.expedite(await this.resolveId(reference))).kind === "changed";
  }

  /**
   * Gives a waiting or dead job another description. Keys that are not named stay.
   *
   * ```ts
   * await client.jobs.edit("job1", { priority: 5, timeoutMs: null });
   * ```
   * @throws NoSuchJobError @throws UsageError if a change is wrong
   * @throws ConflictError if the job cannot be edited now, or was changed at the same moment
   */
  async edit(reference: JobReference, changes: JobChanges): Promise<Job> {
    const { applyChanges } = await import("./edit.js");
    return this.#resolved(await applyChanges(this.#context, reference, changes));
  }

  /** Deletes a job, its history and output. @throws NoSuchJobError @throws ConflictError if it is processing */
  async delete(reference: JobReference): Promise<Job> {
    return theOne(await this.deleteMany([{ id: await this.resolveId(reference) }]));
  }

  /** Deletes jobs with their history and output. None of them is started or buried by the deletion of another one. */
  deleteMany(jobs: JobsToChange): Promise<ChangedJob[]> {
    return deleteAll(this.#context, jobs);
  }

  /**
   * Deletes ended jobs with their history and output, in small batches, so that other processes can go on working.
   *
   * ```ts
   * await client.jobs.prune({ states: ["completed"], olderThanMs: 7 * 86_400_000 });
   * ```
   * @returns the number of deleted jobs; with `dryRun`, the number it would delete
   */
  async prune(selection: PruneSelection, options: PruneOptions = {}): Promise<number> {
    checkOptions("prune", options, ["dryRun", "onProgress"]);
    const { pruneAll, checkSelection } = await import("./prune.js");
    const { store, home } = this.#context;
    const checked = checkSelection(selection);
    if (options.dryRun) return store.jobs.prunable(checked);
    return pruneAll(store, home, checked, options.onProgress);
  }

  /**
   * Reports the progress of a running attempt. `fence`: the attempt's `QUEUECTL_FENCE`.
   * @throws UsageError if the percentage is not between 0 and 100 @throws ConflictError if that attempt is over
   */
  async progress(id: string, fence: number, { percent, message = null }: Progress): Promise<void> {
    if (!(percent >= 0 && percent <= 100)) throw new UsageError(`the progress is ${percent}`, "give 0 to 100");
    if (await this.#context.store.leases.progress(id, fence, { percent, message: message && storable(message) }))
      return;
    throw new ConflictError(`this attempt of job ${id} is over: its progress is not recorded`, STALE_HINT);
  }

  async #resolved(job: StoredJob): Promise<Job> {
    return toJob(job, await this.#context.config());
  }
}
