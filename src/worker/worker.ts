/**
 * The worker: keeps its slots filled. One pass settles the attempts that have ended, claims a job for every free slot
 * in one transaction, and starts them. Passes never overlap. Between passes the worker sleeps until an attempt ends,
 * the store reports a write, the next job is due, or the poll interval is over.
 *
 * While jobs are short, a pass claims a few more than there are free slots (jobs-ahead.ts, pace.ts). Then a slot that becomes
 * free begins the next one at once, and results gather until some can be recorded together (batch.ts).
 */
import type { Config } from "../config/config.js";
import type { Home } from "../home/home.js";
import { diskFull, type Logger, outputUnusable, storeTrouble } from "../observe/log.js";
import type { Claim, ClaimRequest, Store } from "../store/contract/store.js";
import type { ChangeKind } from "../store/contract/wake-ups.js";
import { failpoint } from "../system/failpoint.js";
import { Batch } from "./ahead/batch.js";
import { type Claimed, JobsAhead } from "./ahead/jobs-ahead.js";
import { Pace } from "./ahead/pace.js";
import { AttemptRun } from "./attempt-run.js";
import { HomeCheck } from "./home-check.js";
import { LargeOutput } from "./large-output.js";
import { LeaseKeeper } from "./leases/lease-keeper.js";
import { LostClaims } from "./leases/lost-claims.js";
import { Poll } from "./poll.js";
import { INTERRUPT_GRACE_MS, type WorkerOptions } from "./protocol.js";
import { jobsLeft, Recycler } from "./recycling.js";
import { Settler } from "./settler.js";
import { Sleeper } from "./sleeper.js";
import { Slots } from "./slots.js";

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
  readonly #large: LargeOutput | null;
  readonly #poll: Poll;
  readonly #slots: Slots;
  readonly #stopping = new AbortController();
  readonly #homeCheck: HomeCheck;
  readonly #sleeper = new Sleeper();
  readonly #ahead: JobsAhead;
  readonly #pace = new Pace();
  readonly #batch = new Batch(() => this.wake());
  readonly #recycler: Recycler;
  /** Monotonic time of the last claim's request. */
  #askedAt = 0;
  #ran = 0;
  #interrupted = 0;
  #wasIdle = false;

  constructor(deps: WorkerDependencies) {
    this.#deps = deps;
    this.#home = deps.home;
    this.#recycler = new Recycler(deps.options.recycling);
    this.#homeCheck = new HomeCheck(this.#home, deps.store.clock, {
      diskFull: (shortage) => diskFull(deps.log, shortage),
      outputUnusable: (finding) => outputUnusable(deps.log, finding),
    });
    this.#ahead = new JobsAhead(deps.store);
    this.#large = deps.store.chunks && new LargeOutput(deps.store.chunks, deps.log);
    this.#settler = new Settler(deps.store.leases, deps.log, this.#large);
    this.#lostClaims = new LostClaims({ store: deps.store, workerId: deps.options.id, log: deps.log });
    this.#poll = new Poll(deps.store);
    const { subreaper, namer, fileLimit, options } = deps;
    const launching = { env: { ...deps.environment }, subreaper, namer, fileLimit, owner: options.id };
    this.#slots = new Slots(options.concurrency, options.slots, launching);
    this.#keeper = new LeaseKeeper(deps.store, options.id, this.#slots.running, deps.log);
  }

  get running(): number {
    return this.#slots.running.size;
  }

  /** Whether it claims no more jobs, to make room for a new worker. */
  get leaving(): boolean {
    return this.#recycler.leaving;
  }

  /** Looks again: something may have changed. */
  wake(): void {
    this.#sleeper.wake();
  }

  changed(about: readonly ChangeKind[]): void {
    if (about.includes("cancel")) void this.#keeper.cancelWanted();
    if (about.includes("work") || about.includes("settings")) this.wake();
  }

  /** Runs this many jobs at once from now on. Running jobs go on. */
  allow(slots: number): void {
    this.#slots.allow(slots);
    this.wake();
  }

  /** Begins no more jobs. The ones that lie ready go back to the queue. */
  drain(): void {
    failpoint("draining");
    this.#stopping.abort();
    this.wake();
  }

  /** Ends the running jobs and gives them back. A second call can only shorten the grace. */
  interrupt(graceMs: number = INTERRUPT_GRACE_MS): void {
    this.drain();
    for (const attempt of this.#slots.running.values()) attempt.stop({ kind: "interrupted" }, graceMs);
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
      this.#batch.clear();
      this.#keeper.stop();
      await this.#slots.close();
    }
  }

  get #beginsNoMore(): boolean {
    return this.#stopping.signal.aborted || this.leaving;
  }

  /** How many jobs to claim, for free slots and ahead. */
  #wanted(): { limit: number; ahead: number } {
    const { once, recycling } = this.#deps.options;
    if (this.#beginsNoMore) return { limit: 0, ahead: 0 };
    if (once) return { limit: this.#ran + this.#ahead.size === 0 ? 1 : 0, ahead: 0 };
    const left = jobsLeft(recycling, this.#ran + this.#ahead.size);
    const limit = Math.min(left, Math.max(0, this.#slots.free - this.#ahead.ready));
    return { limit, ahead: Math.min(left - limit, this.#roomAhead()) };
  }

  #roomAhead(): number {
    if (!this.#ahead.takesMore) return 0;
    const runningMs = this.#slots.runningMs(this.#deps.store.clock.monotonic());
    return Math.max(0, this.#pace.ahead(runningMs, this.#slots.free) - this.#ahead.size);
  }

  #wantsMore(): boolean {
    return Object.values(this.#wanted()).some((count) => count > 0);
  }

  #isFinished(): boolean {
    if (this.#slots.running.size > 0 || this.#settler.size > 0 || this.#ahead.size > 0) return false;
    return this.#beginsNoMore || this.#deps.options.once;
  }

  /**
   * Settles the attempts that have ended and claims jobs for the free slots. Returns how long there is nothing to do,
   * in milliseconds, unless a wake-up comes. Null: until an attempt ends.
   */
  async #turnOver(): Promise<number | null> {
    const { options, log } = this.#deps;
    let config: Config | null = null;
    try {
      await this.#lostClaims.release((fence) => this.#knows(fence));
      await this.#ahead.review(this.#beginsNoMore);
      this.#beginReady();
      const full = this.#slots.free === 0 && !this.#beginsNoMore;
      if (full && this.#batch.waits(this.#settler.size, this.#ahead.ready)) return this.#ahead.patienceMs;
      this.#batch.clear();
      if (this.#wantsMore() && (options.once || this.#homeCheck.allowsJobs())) config = await this.#deps.config();
      await this.#poll.begin(this.#slots.running.size === 0);
      const claim = await this.#settleAndClaim(config);
      if (claim) this.#lostClaims.answered();
      if (claim && config) this.#accept(claim, config);
      return this.#pauseAfter(claim, config);
    } catch (error) {
      if (options.once) throw error;
      storeTrouble(log, "claiming jobs", error);
      // The ended attempts are settled without the claim, which cannot be made.
      if (config === null && this.#settler.size > 0) await this.#settler.flush(() => null);
      return STORE_TROUBLE_PAUSE_MS;
    }
  }

  async #settleAndClaim(config: Config | null): Promise<Claim | null> {
    const request = () => (config && this.#wantsMore() ? this.#request(config) : null);
    if (this.#settler.size > 0) return this.#settler.flush(request);
    const wanted = request();
    return wanted && this.#deps.store.leases.claim(wanted);
  }

  #request(config: Config): ClaimRequest {
    const { id, queues } = this.#deps.options;
    this.#lostClaims.sent();
    this.#askedAt = this.#deps.store.clock.monotonic();
    return { workerId: id, queues, ...this.#wanted(), leaseMs: config.values["lease-duration"] };
  }

  #accept({ jobs }: Claim, config: Config): void {
    if (jobs.length > 0) failpoint("after-claim");
    this.#ahead.add(jobs.map((job) => ({ job, config, askedAt: this.#askedAt })));
    this.#beginReady();
    if (jobs.length > 0) this.#recycler.look(this.#ran);
    this.#tellIdle();
  }

  /** How long there is nothing to do after a claim, in milliseconds. Null: until an attempt ends. */
  #pauseAfter(claim: Claim | null, config: Config | null): number | null {
    const { patienceMs } = this.#ahead;
    // A slot has become free, or none begins any more, since the jobs that lie ready were reviewed.
    if (patienceMs !== null && (this.#slots.free > 0 || this.#beginsNoMore)) return 0;
    if (claim === null || config === null) return patienceMs ?? (this.#wantsMore() ? STORE_TROUBLE_PAUSE_MS : null);
    if (this.#slots.free === 0) return patienceMs;
    return this.#poll.claimed(config.values["worker-poll-interval"], claim.nextDueAt);
  }

  #knows(fence: number): boolean {
    return this.#slots.running.has(fence) || this.#settler.holds(fence) || this.#ahead.holds(fence);
  }

  /** Begins jobs that lie ready, as many as there are free slots. */
  #beginReady(): void {
    if (this.#beginsNoMore) return;
    for (const claimed of this.#ahead.take(this.#slots.free)) this.#start(claimed);
  }

  #start({ job, config, askedAt }: Claimed): void {
    const { store, log } = this.#deps;
    const parts = { home: this.#home, clock: store.clock, log, chunks: this.#large, stopping: this.#stopping.signal };
    this.#ran += 1;
    const attempt = this.#slots.begin((launcher) => new AttemptRun(job, launcher, { config, ...parts }));
    this.#keeper.watch(job.fence, { since: askedAt, ms: config.values["lease-duration"] });
    void attempt.settlement.then((settlement) => {
      if (settlement.outcome.kind === "interrupted") this.#interrupted += 1;
      this.#settler.add({ settlement, recorded: attempt.discardFiles });
      this.#jobEnded(attempt);
    });
  }

  /** Fills its slot, unless the next job has to be looked at first. */
  #jobEnded({ startedAt }: AttemptRun): void {
    this.#pace.ended(this.#deps.store.clock.monotonic() - startedAt);
    this.#ahead.jobEnded();
    this.#recycler.look(this.#ran);
    this.#beginReady();
    if (this.#slots.free > 0 || this.#beginsNoMore) this.wake();
    this.#batch.added(this.#settler.size, this.#ahead.ready);
  }

  #tellIdle(): void {
    const wasIdle = this.#wasIdle;
    this.#wasIdle = this.#slots.running.size === 0 && this.#ahead.size === 0;
    if (this.#wasIdle && !wasIdle) this.#deps.onIdle();
  }

  /** Sleeps until there may be something to do. @param ms null: until an attempt ends */
  async #rest(ms: number | null): Promise<void> {
    // While every slot is busy the store is not watched: during a drain it would mostly report our own writes.
    const isWatched = ms !== null && this.#slots.free > 0;
    const listen = () => (isWatched ? this.#deps.store.onWork((about) => this.changed(about)) : undefined);
    await this.#sleeper.sleep(ms, listen);
    if (ms === null) return;
    for (let left = 0; !this.#sleeper.woken; await this.#sleeper.sleep(left, listen)) {
      left = await this.#poll.goOn();
      if (left === 0) return;
    }
  }
}
