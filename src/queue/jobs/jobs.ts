/** Jobs: put in, looked at, waited for and changed, one or many. What a short command does not need is loaded when it is called for. */
import type { QueueContext } from "../../attempt/reclaim.js";
import { ConflictError, UsageError } from "../../core/errors.js";
import type { Job as StoredJob } from "../../core/job/job.js";
import { storable } from "../../core/text/storable.js";
import type { AttemptOutput, PruneSelection, StoredDependency } from "../../store/contract/store.js";
import type { Explanation } from "../explain/facts.js";
import { checkOptions } from "../options.js";
import { type ChangedJob, cancelAll, deleteAll, type JobsToChange, type Revival, retryAll, theOne } from "./changes.js";
import { ENQUEUE_OPTIONS, type EnqueueOptions, enqueueSpecs } from "./enqueue.js";
import { type JobFilter, type PagesOptions, storeFilter } from "./filter.js";
import { findId, findJob, type JobReference } from "./find-job.js";
import { type Attempt, type Job, toAttempt, toJob } from "./job.js";
import { resolveJob } from "./resolve-defaults.js";
import type { JobChanges, JobSpec } from "./spec.js";
import type { Waited, WaitOptions } from "./wait.js";

export interface CancelOptions {
  /** Goes into the job's last error. */
  readonly reason?: string | null;
}

export interface RetryManyOptions {
  /** Of several calls that retry parts of one graph, parents first: what they have brought back so far. */
  readonly revival?: Revival;
}

export interface PruneOptions {
  /** Delete nothing, only count. */
  readonly dryRun?: boolean;
  /** Called after each batch with how many have been deleted in all. */
  readonly onProgress?: (count: number) => void;
}

/** How far a running attempt says that it is. */
export interface Progress {
  /** 0 to 100. */
  readonly percent: number;
  /** Null, or left out: none. */
  readonly message?: string | null;
}

export type { AttemptOutput, PruneSelection, StoredDependency, StoredStream } from "../../store/contract/store.js";

/** A job that waits for another one. */
export type Dependent = Pick<Job, "id" | "state">;

const STALE_HINT = "end it: the job has been taken from it, and another attempt may be running";

/** How many jobs of a long list are in memory at a time. */
const PAGE_SIZE = 1000;

export class Jobs {
  readonly #context: QueueContext;

  /** @internal */
  constructor(context: QueueContext) {
    this.#context = context;
  }

  /**
   * Enqueues one job. Once this has resolved, the job survives anything short of losing the disk. The answer is another job
   * if that one has the unique key already, and `onConflict` is `skip`.
   *
   * ```ts
   * const job = await client.jobs.enqueue({ command: ["convert", "in.png", "out.webp"], timeoutMs: 60_000 });
   * ```
   * @throws UsageError the description is wrong
   * @throws JobConflictError the id exists, or an unfinished job has the unique key
   */
  async enqueue(spec: JobSpec, options: EnqueueOptions = {}): Promise<Job> {
    checkOptions("enqueue", options, ENQUEUE_OPTIONS);
    const [id] = await enqueueSpecs(this.#context, [spec], options, () => "");
    return this.get({ id: id as string });
  }

  /**
   * Enqueues all of them or, if one is wrong, none. Jobs may wait for each other by `ref` or id. Memory holds a batch of the
   * jobs, and the ids.
   *
   * ```ts
   * const ids = await client.jobs.enqueueMany(files.map((file) => ({ command: ["gzip", file] })));
   * await client.jobs.wait(ids);
   * ```
   * @returns the ids, in the order of `specs`; of a job that was left out, the id of the one that has its unique key
   * @throws UsageError a description is wrong: the message says which, counted from 0
   * @throws JobConflictError an id exists or occurs twice, or an unfinished job has the unique key; with its `position`
   */
  async enqueueMany(
    specs: Iterable<JobSpec> | AsyncIterable<JobSpec>,
    options: EnqueueOptions = {},
  ): Promise<string[]> {
    checkOptions("enqueueMany", options, ENQUEUE_OPTIONS);
    return enqueueSpecs(this.#context, specs, options, (position) => `specs[${position}]`);
  }

  /**
   * The id that `reference` means: an id; `last`, for the newest job; or a prefix that fits only one job.
   * @throws NoSuchJobError @throws UsageError the prefix fits several
   */
  resolveId(reference: JobReference): Promise<string> {
    return findId(this.#context.store.jobs, reference);
  }

  /** @throws NoSuchJobError @throws UsageError `reference` is a prefix that fits several */
  async get(reference: JobReference): Promise<Job> {
    return this.#resolved(await findJob(this.#context.store.jobs, reference));
  }

  /** The jobs with these ids, one by one; a job that is gone is left out. */
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

  /** As {@link list}, a page at a time: memory does not hold them all. */
  async *pages(filter: JobFilter = {}, options: PagesOptions = {}): AsyncGenerator<Job[], void, undefined> {
    checkOptions("pages", options, ["graphOrder"]);
    const config = await this.#context.config();
    const stored = await storeFilter("pages", filter, config);
    for await (const jobs of this.#context.store.jobs.pages(stored, PAGE_SIZE, options.graphOrder)) {
      yield jobs.map((job) => toJob(job, config));
    }
  }

  /** How many jobs {@link list} would give. */
  async count(filter: JobFilter = {}): Promise<number> {
    return this.#context.store.jobs.count(await storeFilter("count", filter, await this.#context.config()));
  }

  /** A job's attempts, oldest first. @throws NoSuchJobError */
  async attempts(reference: JobReference): Promise<Attempt[]> {
    return (await this.#context.store.jobs.attempts(await this.resolveId(reference))).map(toAttempt);
  }

  /** Null: the attempt was deleted. While it runs, both streams are empty. */
  output(attempt: Pick<Attempt, "fence">): Promise<AttemptOutput | null> {
    return this.#context.store.jobs.output(attempt.fence);
  }

  /** What a job waits for, or has waited for. @throws NoSuchJobError */
  async dependencies(reference: JobReference): Promise<StoredDependency[]> {
    return this.#context.store.jobs.dependencies(await this.resolveId(reference));
  }

  /** The jobs that wait for this one, or have; at most `limit`. @throws NoSuchJobError */
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

  /** Why a job is not running, or what became of it. @throws NoSuchJobError */
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
   * Cancels a job that has not ended; a running one is killed first, and this resolves when it is gone.
   * @throws NoSuchJobError @throws ConflictError it has ended already, or its worker does not answer
   */
  async cancel(reference: JobReference, options: CancelOptions = {}): Promise<Job> {
    return theOne(await this.cancelMany([{ id: await this.resolveId(reference) }], options));
  }

  /**
   * Cancels jobs, so that none of them is started or buried by the end of another one. Resolves when those that ran are gone.
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
   * Runs a job that has ended once more: same id, history kept, attempts back to 0.
   * @throws NoSuchJobError @throws ConflictError it has not ended
   */
  async retry(reference: JobReference): Promise<Job> {
    return theOne(await this.retryMany([{ id: await this.resolveId(reference) }]));
  }

  /** Runs jobs that have ended once more; those that wait for others of the same call run after them. */
  async retryMany(jobs: JobsToChange, options: RetryManyOptions = {}): Promise<ChangedJob[]> {
    checkOptions("retryMany", options, ["revival"]);
    return retryAll(this.#context, jobs, options.revival);
  }

  /** Makes a job that waits for its time, or for its retry, due now. @returns false if it waits for neither @throws NoSuchJobError */
  async expedite(reference: JobReference): Promise<boolean> {
    return (await this.#context.store.jobs.expedite(await this.resolveId(reference))).kind === "changed";
  }

  /**
   * Gives a job that waits, or is dead, another description; what is not named stays.
   *
   * ```ts
   * await client.jobs.edit("job1", { priority: 5, timeoutMs: null });
   * ```
   * @throws NoSuchJobError @throws UsageError a change is wrong
   * @throws ConflictError the job cannot be edited now, or was changed at the same moment
   */
  async edit(reference: JobReference, changes: JobChanges): Promise<Job> {
    const { applyChanges } = await import("./edit.js");
    return this.#resolved(await applyChanges(this.#context, reference, changes));
  }

  /** Deletes a job with its history and output. @returns the job as it was @throws NoSuchJobError @throws ConflictError it is processing */
  async delete(reference: JobReference): Promise<Job> {
    return theOne(await this.deleteMany([{ id: await this.resolveId(reference) }]));
  }

  /** Deletes jobs with their history and output, so that none of them is started or buried by that. */
  deleteMany(jobs: JobsToChange): Promise<ChangedJob[]> {
    return deleteAll(this.#context, jobs);
  }

  /**
   * Deletes jobs that have ended, with their history and output, in small batches, so that others can go on working.
   *
   * ```ts
   * await client.jobs.prune({ states: ["completed"], olderThanMs: 7 * 86_400_000 });
   * ```
   * @returns how many; with `dryRun`, how many it would be
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
   * Says of a running attempt how far it is; `fence` is the attempt's `QUEUECTL_FENCE`.
   * @throws UsageError the percentage is not one @throws ConflictError that attempt is over
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
