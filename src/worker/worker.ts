/**
 * The worker: keeps its slots filled. One pass settles the attempts that have ended, claims a job for every free slot
 * in one transaction, and starts them. Passes never overlap. Between passes the worker sleeps until an attempt ends,
 * the store reports a write, the next job is due, or the poll interval is over.
 */
import type { Config } from "../config/config.js";
import { Launcher } from "../exec/launcher.js";
import type { Home } from "../home/home.js";
import { diskFull, type Logger, outputUnusable, storeTrouble } from "../observe/log.js";
import type { Claim, ClaimedJob, ClaimRequest, Store } from "../store/contract/store.js";
import { failpoint } from "../system/failpoint.js";
import { AttemptRun } from "./attempt-run.js";
import { HomeCheck } from "./home-check.js";
import { LeaseKeeper } from "./lease-keeper.js";
import { LostClaims } from "./lost-claims.js";
import { Poll } from "./poll.js";
import { INTERRUPT_GRACE_MS, type WorkerOptions } from "./protocol.js";
import { jobsLeft, Recycler } from "./recycling.js";
import { Settler } from "./settler.js";
import { Sleeper } from "./sleeper.js";

export interface WorkerDependencies {
  readonly store: Store;
  readonly home: Home;
  readonly options: WorkerOptions;
  /** The current configuration. */
  readonly config: () => Promise<Config>;
  readonly environment: Readonly<Record<string, string>>;
  /** Path of the program that makes a launcher a subreaper. Null: there is none. */
  readonly subreaper: string | null;
  /** Path of the program that gives variables the names that no shell has. Null: there is none. */
  readonly namer: string | null;
  /** Soft limit of open files of each job. Null: the worker's. */
  readonly fileLimit: number | null;
  readonly log: Logger;
  /** There is no job to claim and none runs. */
  readonly onIdle: () => void;
  /**
   * It claims no more jobs, to make room for a new worker; `why` says the reason. Called once, while no claim is under
   * way.
   */
  readonly onLeaving: (why: string) => void;
}

/** The work of a finished worker. */
export interface WorkDone {
  readonly ran: number;
  readonly interrupted: number;
}

/** Pause after a failed claim, while the store is in trouble. Milliseconds. */
const STORE_TROUBLE_PAUSE_MS = 1000;

export class Worker {
  readonly #deps: WorkerDependencies;
  readonly #home: Home;
  readonly #settler: Settler;
  readonly #keeper: LeaseKeeper;
  readonly #lostClaims: LostClaims;
  readonly #poll: Poll;
  readonly #running = new Map<number, AttemptRun>();
  readonly #freeLaunchers: Launcher[];
  readonly #stopping = new AbortController();
  readonly #homeCheck: HomeCheck;
  readonly #sleeper = new Sleeper();
  readonly #recycler: Recycler;
  /** Monotonic time of the last claim's request. */
  #askedAt = 0;
  #ran = 0;
  #interrupted = 0;
  #wasIdle = false;
  #slots: number;
  /** Grace for a job that was being claimed at the moment of an interrupt, in milliseconds. Null: not interrupted. */
  #interruptGraceMs: number | null = null;

  constructor(deps: WorkerDependencies) {
    this.#deps = deps;
    this.#home = deps.home;
    this.#slots = deps.options.slots;
    this.#recycler = new Recycler(deps.options.recycling);
    this.#homeCheck = new HomeCheck(this.#home, deps.store.clock, {
      diskFull: (shortage) => diskFull(deps.log, shortage),
      outputUnusable: (finding) => outputUnusable(deps.log, finding),
    });
    this.#settler = new Settler(deps.store.leases, deps.log);
    this.#lostClaims = new LostClaims({ store: deps.store, workerId: deps.options.id, log: deps.log });
    this.#poll = new Poll(deps.store);
    this.#keeper = new LeaseKeeper(deps.store, deps.options.id, this.#running, deps.log);
    this.#freeLaunchers = Array.from(
      { length: deps.options.concurrency },
      () =>
        new Launcher({
          env: { ...deps.environment },
          subreaper: deps.subreaper,
          namer: deps.namer,
          fileLimit: deps.fileLimit,
          owner: deps.options.id,
        }),
    );
  }

  get running(): number {
    return this.#running.size;
  }

  /** Whether it claims no more jobs, to make room for a new worker. */
  get leaving(): boolean {
    return this.#recycler.leaving;
  }

  /** Looks again: something may have changed. */
  wake(): void {
    this.#sleeper.wake();
  }

  /** Another process wrote to the store: there may be a new job, or a running one may have been cancelled. */
  onStoreChanged(): void {
    if (this.#running.size > 0) void this.#keeper.cancelWanted();
    this.wake();
  }

  /** Runs this many jobs at once from now on. Running jobs go on. */
  allow(slots: number): void {
    this.#slots = slots;
    this.wake();
  }

  drain(): void {
    failpoint("draining");
    this.#stopping.abort();
    this.wake();
  }

  /** Ends the running jobs and gives them back. A second call can only shorten the grace. */
  interrupt(graceMs: number = INTERRUPT_GRACE_MS): void {
    this.#interruptGraceMs = graceMs;
    this.drain();
    for (const attempt of this.#running.values()) attempt.stop({ kind: "interrupted" }, graceMs);
  }

  /** Works until drained, or in once mode until one job has run. */
  async run(): Promise<WorkDone> {
    try {
      for (;;) {
        this.#sleeper.beginPass();
        const sleepMs = await this.#turnOver();
        this.#recycler.announce(this.#deps.onLeaving);
        if (this.#isFinished()) return { ran: this.#ran, interrupted: this.#interrupted };
        await this.#rest(sleepMs);
      }
    } finally {
      this.#keeper.stop();
      await Promise.all(this.#freeLaunchers.map((launcher) => launcher.close()));
    }
  }

  #wantsMore(): boolean {
    if (this.#stopping.signal.aborted || this.leaving) return false;
    return this.#deps.options.once ? this.#ran === 0 : this.#freeSlots > 0;
  }

  get #freeSlots(): number {
    return Math.min(this.#freeLaunchers.length, Math.max(0, this.#slots - this.#running.size));
  }

  #isFinished(): boolean {
    if (this.#running.size > 0 || !this.#settler.isEmpty) return false;
    return this.#stopping.signal.aborted || this.leaving || this.#deps.options.once;
  }

  /**
   * Settles the attempts that have ended and claims jobs for the free slots. Returns how long there is nothing to do,
   * in milliseconds, unless a wake-up comes. Null: until an attempt ends.
   */
  async #turnOver(): Promise<number | null> {
    const { options, log } = this.#deps;
    let config: Config | null = null;
    try {
      await this.#lostClaims.release((fence) => this.#running.has(fence) || this.#settler.holds(fence));
      if (this.#wantsMore() && (options.once || this.#homeCheck.allowsJobs())) config = await this.#deps.config();
      await this.#poll.begin(this.#running.size === 0);
      const claim = await this.#settleAndClaim(config);
      if (claim) this.#lostClaims.answered();
      if (claim && config) return this.#begin(claim, config);
      return this.#wantsMore() ? STORE_TROUBLE_PAUSE_MS : null;
    } catch (error) {
      if (options.once) throw error;
      storeTrouble(log, "claiming jobs", error);
      // The ended attempts are settled without the claim, which cannot be made.
      if (config === null && !this.#settler.isEmpty) await this.#settler.flush(() => null);
      return STORE_TROUBLE_PAUSE_MS;
    }
  }

  async #settleAndClaim(config: Config | null): Promise<Claim | null> {
    const request = () => (config && this.#wantsMore() ? this.#request(config) : null);
    if (!this.#settler.isEmpty) return this.#settler.flush(request);
    const wanted = request();
    return wanted && this.#deps.store.leases.claim(wanted);
  }

  #request(config: Config): ClaimRequest {
    const { id, queues, once, recycling } = this.#deps.options;
    this.#lostClaims.sent();
    this.#askedAt = this.#deps.store.clock.monotonic();
    const limit = once ? 1 : Math.min(this.#freeSlots, jobsLeft(recycling, this.#ran));
    return { workerId: id, queues, limit, leaseMs: config.values["lease-duration"] };
  }

  #begin({ jobs, nextDueAt }: Claim, config: Config): number | null {
    if (jobs.length > 0) failpoint("after-claim");
    for (const job of jobs) this.#start(job, config);
    if (jobs.length > 0) this.#recycler.look(this.#ran);
    this.#tellIdle();
    if (this.#freeSlots === 0) return null;
    return this.#poll.claimed(config.values["worker-poll-interval"], nextDueAt);
  }

  #start(job: ClaimedJob, config: Config): void {
    const launcher = this.#freeLaunchers.pop();
    if (!launcher) throw new Error("claimed more jobs than there are free slots");
    const { store, log } = this.#deps;
    this.#ran += 1;
    const attempt = new AttemptRun(job, launcher, {
      home: this.#home,
      config,
      clock: store.clock,
      log,
      stopping: this.#stopping.signal,
    });
    this.#running.set(job.fence, attempt);
    this.#keeper.watch(job.fence, { since: this.#askedAt, ms: config.values["lease-duration"] });
    if (this.#interruptGraceMs !== null) attempt.stop({ kind: "interrupted" }, this.#interruptGraceMs);
    void attempt.settlement.then((settlement) => {
      if (settlement.outcome.kind === "interrupted") this.#interrupted += 1;
      this.#running.delete(job.fence);
      this.#settler.add({ settlement, recorded: attempt.discardFiles });
      this.#freeLaunchers.push(launcher);
      this.#recycler.look(this.#ran);
      this.wake();
    });
  }

  #tellIdle(): void {
    const idle = this.#running.size === 0;
    if (idle && !this.#wasIdle) this.#deps.onIdle();
    this.#wasIdle = idle;
  }

  /** Sleeps until there may be something to do. @param ms null: until an attempt ends */
  async #rest(ms: number | null): Promise<void> {
    // While every slot is busy the store is not watched: during a drain it would mostly report our own writes.
    const listen = () => (ms === null ? undefined : this.#deps.store.onWork(() => this.onStoreChanged()));
    await this.#sleeper.sleep(ms, listen);
    if (ms === null) return;
    for (let left = 0; !this.#sleeper.woken; await this.#sleeper.sleep(left, listen)) {
      left = await this.#poll.goOn();
      if (left === 0) return;
    }
  }
}
