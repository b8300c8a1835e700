/**
 * The queue as its users see it: what the command line, the library and later HTTP call. It adds to the store what is
 * not a database's business: validation, ids from prefixes, configuration, files, and who is alive.
 */
import { type Config, resolveConfig, type SettingKey } from "../config/config.js";
import type { Clock } from "../core/clock.js";
import { ConflictError, NoSuchJobError } from "../core/errors.js";
import type { Attempt, Job, ResolvedJob } from "../core/job/job.js";
import { type JobSpec, type PreparedJob, prepareJob } from "../core/job/spec.js";
import { storable } from "../core/text/storable.js";
import { type Home, type HomeOptions, locateHome, prepareHome } from "../home/home.js";
import { prepareContext } from "../home/working-directory.js";
import type {
  AttemptOutput,
  GraphOrder,
  InsertOptions,
  JobFilter,
  Progress,
  PruneSelection,
  Store,
  StoredDependency,
} from "../store/contract/store.js";
import { openStore } from "../store/open.js";
import type { Explanation } from "./explain/facts.js";
import { JobChanges, theOne } from "./jobs/changes.js";
import { insertAll } from "./jobs/enqueue.js";
import { findId, type JobReference } from "./jobs/find-job.js";
import { resolveJob, withDefaults } from "./jobs/resolve-defaults.js";
import type { Waited, WaitOptions } from "./jobs/wait.js";
import { Policies } from "./policies.js";
import { Queues } from "./queues.js";
import type { Schedules } from "./schedules.js";
import type { Status } from "./status.js";

export interface ClientOptions extends HomeOptions {
  readonly clock?: Clock;
}

export type { JobReference } from "./jobs/find-job.js";

export type EnqueueOptions = Pick<InsertOptions, "replace" | "onProgress" | "onSkipped">;

export interface PruneOptions {
  /** Delete nothing, only count. */
  readonly dryRun?: boolean;
  /** Called after each batch with how many have been deleted in all. */
  readonly onProgress?: (count: number) => void;
}

export type { Waited, WaitOptions } from "./jobs/wait.js";

const STALE_HINT = "end it: the job has been taken from it, and another attempt may be running";

/** How many jobs of a long list are in memory at a time. */
const PAGE_SIZE = 1000;

export class Client {
  readonly home: Home;
  /** For those who build on the queue itself: workers, the supervisor. */
  readonly store: Store;
  /** The policies that jobs may name. */
  readonly policies: Policies;
  readonly queues: Queues;
  /** What may be done to jobs, many at a time. */
  readonly changes: JobChanges;

  private constructor(home: Home, store: Store) {
    this.home = home;
    this.store = store;
    this.policies = new Policies(store);
    this.queues = new Queues(store);
    this.changes = new JobChanges({ store, home, config: () => this.config() });
  }

  /**
   * Opens the queue of a home directory, and makes both if they are not there.
   * @throws UnusableError the home or its database cannot be used
   */
  static async open(options: ClientOptions = {}): Promise<Client> {
    const home = locateHome(options);
    prepareHome(home);
    const { clock } = options;
    return new Client(home, await openStore({ database: home.database, home: home.dir, ...(clock && { clock }) }));
  }

  /** The time that the queue goes by: ages and waits are counted from it. */
  get clock(): Clock {
    return this.store.clock;
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
    return prepareJob(spec, prepareContext(this.clock.now()));
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
      onSkipped: (skipped, holder, position) => {
        id = holder;
        options.onSkipped?.(skipped, holder, position);
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
    return insertAll({ store: this.store, home: this.home, policies: this.policies }, batches, options);
  }

  /**
   * The id that `reference` means: an id; `last`, for the newest job; or a prefix that fits only one job.
   * @throws NoSuchJobError @throws UsageError the prefix fits several
   */
  async resolveId(reference: JobReference): Promise<string> {
    return findId(this.store.jobs, reference);
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
    const config = await this.config();
    const jobs = await this.store.jobs.list(withDefaults(filter, config));
    return jobs.map((job) => resolveJob(job, config));
  }

  /** As {@link list}, but some at a time: memory does not hold them all. With `graphOrder`, for {@link changes}. */
  async *pages(filter: JobFilter = {}, graphOrder?: GraphOrder): AsyncGenerator<ResolvedJob[]> {
    const config = await this.config();
    for await (const jobs of this.store.jobs.pages(withDefaults(filter, config), PAGE_SIZE, graphOrder)) {
      yield jobs.map((job) => resolveJob(job, config));
    }
  }

  /** What a job waits for, or has waited for. @throws NoSuchJobError */
  async dependencies(reference: string): Promise<StoredDependency[]> {
    return this.store.jobs.dependencies(await this.resolveId(reference));
  }

  /** How many jobs {@link list} would give. */
  async count(filter: JobFilter = {}): Promise<number> {
    return this.store.jobs.count(withDefaults(filter, await this.config()));
  }

  /** A job's attempts, oldest first. @throws NoSuchJobError */
  async attempts(reference: JobReference): Promise<Attempt[]> {
    return this.store.jobs.attempts(await this.resolveId(reference));
  }

  async output(attempt: Attempt): Promise<AttemptOutput | null> {
    return this.store.jobs.output(attempt.fence);
  }

  /** Jobs that are enqueued by the clock. Loaded when it is called for, as what follows. */
  async schedules(): Promise<Schedules> {
    const { Schedules } = await import("./schedules.js");
    return new Schedules(this.store);
  }

  async status(): Promise<Status> {
    // Loaded when it is called for: who lives is a question that a short command does not ask.
    const { readStatus } = await import("./status.js");
    return readStatus(this.store, await this.config());
  }

  /**
   * Waits until these jobs have ended, or the time is over.
   *
   * ```ts
   * const { ended } = await client.wait(["job1", "job2"]);
   * if (ended.get("job1") === "completed") …
   * ```
   * @throws NoSuchJobError
   */
  async wait(references: readonly string[], options: WaitOptions = {}): Promise<Waited> {
    const known = await this.store.jobs.states(references);
    const ids: string[] = [];
    for (const reference of references) ids.push(known.has(reference) ? reference : await this.resolveId(reference));
    const { waitForJobs } = await import("./jobs/wait.js");
    return waitForJobs(this.store, ids, options);
  }

  /** Why a job is not running, or what became of it. @throws NoSuchJobError */
  async explain(reference: string): Promise<Explanation> {
    const job = await this.get(reference);
    const [{ gatherFacts }, { explain }] = [await import("./explain/gather.js"), await import("./explain/explain.js")];
    const around = { store: this.store, home: this.home, config: await this.config() };
    return { job, reasons: explain(await gatherFacts(around, job)) };
  }

  /**
   * Cancels a job that has not ended; a running one is killed first, and this resolves when it is gone.
   * @throws NoSuchJobError @throws ConflictError it has ended already, or its worker does not answer
   */
  async cancel(reference: JobReference, reason: string | null = null): Promise<ResolvedJob> {
    const job = { id: await this.resolveId(reference) };
    return resolveJob(theOne(await this.changes.cancel([job], reason)), await this.config());
  }

  /**
   * Runs a job that has ended once more: same id, history kept, attempts back to 0.
   * @throws NoSuchJobError @throws ConflictError it has not ended
   */
  async retry(reference: JobReference): Promise<ResolvedJob> {
    const job = { id: await this.resolveId(reference) };
    return resolveJob(theOne(await this.changes.retry([job])), await this.config());
  }

  /**
   * Says of a running attempt how far it is; `fence` is the attempt's `QUEUECTL_FENCE`.
   * @throws ConflictError that attempt is over
   */
  async progress(id: string, fence: number, progress: Progress): Promise<void> {
    const message = progress.message && storable(progress.message);
    if (await this.store.leases.progress(id, fence, { ...progress, message })) return;
    throw new ConflictError(`this attempt of job ${id} is over: its progress is not recorded`, STALE_HINT);
  }

  /**
   * Gives a job that waits, or is dead, another description; `job` is the job as it was looked at.
   *
   * ```ts
   * const job = await client.get("job1");
   * await client.edit(job, { ...describeJob(job), priority: 5 });
   * ```
   * @returns null if that changes nothing
   * @throws UsageError the description is wrong
   * @throws ConflictError the job cannot be edited, or was changed since it was looked at
   */
  async edit(job: Job, description: unknown): Promise<ResolvedJob | null> {
    const { editJob } = await import("./jobs/edit.js");
    const edited = await editJob(this.store, job, description, this.clock.now());
    return edited && resolveJob(edited, await this.config());
  }

  /** Deletes a job with its history and output. @throws NoSuchJobError @throws ConflictError it is processing */
  async delete(reference: JobReference): Promise<Job> {
    return theOne(await this.changes.delete([{ id: await this.resolveId(reference) }]));
  }

  /**
   * Deletes jobs that have ended, with their history and output, in small batches, so that others can go on working.
   *
   * ```ts
   * await client.prune({ states: ["completed"], olderThanMs: 7 * 86_400_000 });
   * ```
   * @returns how many; with `dryRun`, how many it would be
   */
  async prune(selection: PruneSelection, options: PruneOptions = {}): Promise<number> {
    if (options.dryRun) return this.store.jobs.prunable(selection);
    const { pruneAll } = await import("./jobs/prune.js");
    return pruneAll(this.store, this.home, selection, options.onProgress);
  }
}
