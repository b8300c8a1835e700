/**
 * The queue as its users see it: what the command line, the library and later HTTP call. It adds to the store what is
 * not a database's business: validation, ids from prefixes, configuration, files, and who is alive.
 */
import { changed } from "./change.js";
import { type Config, resolveConfig, type SettingKey } from "./config.js";
import { type Clock, systemClock } from "./core/clock.js";
import { NoSuchJobError, UsageError } from "./core/errors.js";
import { checkName } from "./core/ids.js";
import type { Attempt, Job } from "./core/job.js";
import { JobGraph } from "./core/job-graph.js";
import type { ResolvedJob } from "./core/job-json.js";
import { type JobSpec, type PreparedJob, prepareJob } from "./core/job-spec.js";
import type { Explanation } from "./explain/facts.js";
import { type Home, type HomeOptions, locateHome, prepareHome, removeOutput } from "./home.js";
import { Policies } from "./policies.js";
import { resolveJob } from "./resolve-job.js";
import type { Status } from "./status.js";
import { UnknownParentError } from "./store/conflict.js";
import { openStore } from "./store/open-store.js";
import type {
  AttemptOutput,
  InsertOptions,
  JobFilter,
  PruneSelection,
  QueueLimits,
  QueueRecord,
  Store,
  StoredDependency,
} from "./store/store.js";

export { wrongState } from "./change.js";

export interface QueueOptions extends HomeOptions {
  readonly clock?: Clock;
}

export type EnqueueOptions = Pick<InsertOptions, "replace" | "onProgress" | "onSkipped">;

export interface PruneOptions {
  /** Delete nothing, only count. */
  readonly dryRun?: boolean;
  /** Called after each batch with how many have been deleted in all. */
  readonly onProgress?: (count: number) => void;
}

/** How many jobs of a long list are in memory at a time. */
const PAGE_SIZE = 500;

/** How many ids an ambiguous prefix lists. */
const SHOWN_MATCHES = 5;

export class Queue {
  readonly home: Home;
  /** For those who build on the queue itself: workers, the supervisor. */
  readonly store: Store;
  /** The policies that jobs may name. */
  readonly policies: Policies;
  readonly #clock: Clock;

  private constructor(home: Home, store: Store, clock: Clock) {
    this.home = home;
    this.store = store;
    this.policies = new Policies(store);
    this.#clock = clock;
  }

  /**
   * Opens the queue of a home directory, and makes both if they are not there.
   * @throws UnusableError the home or its database cannot be used
   */
  static async open(options: QueueOptions = {}): Promise<Queue> {
    const home = locateHome(options);
    prepareHome(home);
    const clock = options.clock ?? systemClock;
    return new Queue(home, await openStore({ db: home.db, home: home.dir, clock }), clock);
  }

  async close(): Promise<void> {
    await this.store.close();
  }

  /** The configuration now in force; flags are the caller's own. */
  async config(flags: Partial<Record<SettingKey, number>> = {}): Promise<Config> {
    return resolveConfig({ stored: await this.store.settings.all(), env: process.env, flags });
  }

  /** Checks a job's description and completes it, without enqueueing it. @throws UsageError */
  prepare(spec: unknown): PreparedJob {
    return prepareJob(spec, { cwd: process.cwd(), now: this.#clock.now() });
  }

  /**
   * Enqueues one job. Once this has resolved, the job survives anything short of losing the disk. The answer is another job
   * if that one has the unique key already, and `on_conflict` is skip.
   * @throws UsageError the description is wrong
   * @throws JobConflictError the id exists
   */
  async enqueue(spec: JobSpec, options: EnqueueOptions = {}): Promise<ResolvedJob> {
    const job = this.prepare(spec);
    let { id } = job;
    await this.enqueueAll([[job]], {
      ...options,
      onSkipped: (skipped, holder) => {
        id = holder;
        options.onSkipped?.(skipped, holder);
      },
    });
    return this.get(id);
  }

  /**
   * Enqueues all of them or, if one is wrong, none. Memory does not grow with their number.
   * @returns how many
   */
  async enqueueAll(
    batches: Iterable<readonly PreparedJob[]> | AsyncIterable<readonly PreparedJob[]>,
    options: EnqueueOptions = {},
  ): Promise<number> {
    const graph = new JobGraph();
    return this.store.jobs.insert(this.policies.applied(watched(batches, graph)), {
      ...options,
      edges: () => graph.edges((name, position) => this.#resolveParent(name, position)),
      onDroppedFiles: (files) => removeOutput(this.home, files),
    });
  }

  async #resolveParent(name: string, position: number): Promise<string> {
    try {
      return await this.resolveId(name);
    } catch (error) {
      throw error instanceof NoSuchJobError ? new UnknownParentError(name, position) : error;
    }
  }

  /**
   * The id that `reference` means: an id, or a prefix that fits only one job.
   * @throws NoSuchJobError @throws UsageError the prefix fits several
   */
  async resolveId(reference: string): Promise<string> {
    if (reference !== "" && (await this.store.jobs.get(reference)) !== null) return reference;
    const ids = reference === "" ? [] : await this.store.jobs.idsWithPrefix(reference, SHOWN_MATCHES + 1);
    if (ids.length === 0) throw new NoSuchJobError(reference);
    if (ids.length === 1) return ids[0] as string;
    const shown = ids.slice(0, SHOWN_MATCHES).join(", ") + (ids.length > SHOWN_MATCHES ? ", …" : "");
    throw new UsageError(`the prefix ${reference} fits more than one job: ${shown}`, "give more of the id");
  }

  /** @throws NoSuchJobError */
  async get(reference: string): Promise<ResolvedJob> {
    const job = (await this.store.jobs.get(reference)) ?? (await this.store.jobs.get(await this.resolveId(reference)));
    if (job === null) throw new NoSuchJobError(reference);
    return resolveJob(job, await this.config());
  }

  /** The jobs with these ids, one by one; those that are gone are left out. */
  async *each(ids: Iterable<string>): AsyncGenerator<ResolvedJob> {
    const config = await this.config();
    for (const id of ids) {
      const job = await this.store.jobs.get(id);
      if (job !== null) yield resolveJob(job, config);
    }
  }

  async list(filter: JobFilter = {}): Promise<ResolvedJob[]> {
    const [jobs, config] = [await this.store.jobs.list(filter), await this.config()];
    return jobs.map((job) => resolveJob(job, config));
  }

  /** As {@link list}, but some at a time: memory does not hold them all. */
  async *pages(filter: JobFilter = {}): AsyncGenerator<ResolvedJob[]> {
    const config = await this.config();
    for await (const jobs of this.store.jobs.pages(filter, PAGE_SIZE)) {
      yield jobs.map((job) => resolveJob(job, config));
    }
  }

  /** What a job waits for, or has waited for. @throws NoSuchJobError */
  async dependencies(reference: string): Promise<StoredDependency[]> {
    return this.store.jobs.dependencies(await this.resolveId(reference));
  }

  /** A job's attempts, oldest first. @throws NoSuchJobError */
  async attempts(reference: string): Promise<Attempt[]> {
    return this.store.jobs.attempts(await this.resolveId(reference));
  }

  async output(attempt: Attempt): Promise<AttemptOutput | null> {
    return this.store.jobs.output(attempt.fence);
  }

  async status(): Promise<Status> {
    // Loaded when it is called for, as in `cancel`: who lives is a question that a short command does not ask.
    const { readStatus } = await import("./status.js");
    return readStatus(this.store, await this.config(), this.#clock);
  }

  /** Why a job is not running, or what became of it. @throws NoSuchJobError */
  async explain(reference: string): Promise<Explanation> {
    const job = await this.get(reference);
    const [{ gatherFacts }, { explain }] = [await import("./explain/gather.js"), await import("./explain/explain.js")];
    const around = { store: this.store, home: this.home, config: await this.config(), clock: this.#clock };
    return { job, reasons: explain(await gatherFacts(around, job)) };
  }

  /**
   * Cancels a job that has not ended; a running one is killed first, and this resolves when it is gone.
   * @throws NoSuchJobError @throws ConflictError it has ended already, or its worker does not answer
   */
  async cancel(reference: string, reason: string | null = null): Promise<ResolvedJob> {
    const result = await this.store.jobs.cancel(await this.resolveId(reference), reason);
    if (result.kind !== "requested") return resolveJob(changed(result, reference, "cancelled"), await this.config());
    const { endRunning } = await import("./cancellation.js");
    return resolveJob(await endRunning(this.store, this.home, result.job, reason), await this.config());
  }

  /**
   * Runs a job that has ended once more: same id, history kept, attempts back to 0.
   * @throws NoSuchJobError @throws ConflictError it has not ended
   */
  async retry(reference: string): Promise<ResolvedJob> {
    const result = await this.store.jobs.revive(await this.resolveId(reference));
    return resolveJob(changed(result, reference, "retried"), await this.config());
  }

  /** Deletes a job with its history and output. @throws NoSuchJobError @throws ConflictError it is processing */
  async delete(reference: string): Promise<Job> {
    const result = await this.store.jobs.delete(await this.resolveId(reference));
    const job = changed(result, reference, "deleted");
    removeOutput(this.home, result.files ?? []);
    return job;
  }

  /**
   * Deletes jobs that have ended, with their history and output, in small batches, so that others can go on working.
   *
   * ```ts
   * await queue.prune({ states: ["completed"], olderThanMs: 7 * 86_400_000 });
   * ```
   * @returns how many; with `dryRun`, how many it would be
   */
  async prune(selection: PruneSelection, options: PruneOptions = {}): Promise<number> {
    if (options.dryRun) return this.store.jobs.prunable(selection);
    const { pruneInBatches } = await import("./pruning.js");
    let count = 0;
    for await (const deleted of pruneInBatches(this.store, this.home, selection)) {
      count += deleted;
      options.onProgress?.(count);
    }
    return count;
  }

  /** Every queue that has jobs or was paused once. */
  async queues(): Promise<QueueRecord[]> {
    return this.store.queues.list();
  }

  /**
   * Changes the limits that are given; null takes one away.
   *
   * ```ts
   * await queue.limitQueue("mail", { concurrency: 2, rate: { count: 10, perMs: 60_000 } });
   * ```
   * @throws UsageError
   */
  async limitQueue(name: string, changes: Partial<QueueLimits>): Promise<QueueLimits> {
    return this.store.queues.limit(checkName("queue", name), changes);
  }

  /** Starts no more jobs of this queue; what runs goes on. @returns false if it was paused already @throws UsageError */
  async pauseQueue(name: string): Promise<boolean> {
    return this.store.queues.pause(checkName("queue", name));
  }

  /** @returns false if it was not paused @throws UsageError */
  async resumeQueue(name: string): Promise<boolean> {
    return this.store.queues.resume(checkName("queue", name));
  }
}

async function* watched(
  batches: Iterable<readonly PreparedJob[]> | AsyncIterable<readonly PreparedJob[]>,
  graph: JobGraph,
): AsyncGenerator<readonly PreparedJob[]> {
  for await (const batch of batches) {
    for (const job of batch) graph.add(job);
    yield batch;
  }
}
