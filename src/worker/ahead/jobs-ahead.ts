/**
 * The jobs that a worker has claimed and not begun: they lie ready, so that a slot that becomes free need not wait for
 * the disk. Each begins within a tenth of a second or goes back, so that it never waits for this worker while another
 * one has a free slot. All go back when the worker stops. One goes back when it is wanted cancelled, or when its queue
 * was paused or limited.
 *
 * Going back means that the claim is undone. Until that is on disk the job cannot begin here.
 */
import type { Config } from "../../config/config.js";
import type { ClaimedJob, Store } from "../../store/contract/store.js";

/** A claimed job with what was known when it was asked for. */
export interface Claimed {
  readonly job: ClaimedJob;
  readonly config: Config;
  /** Monotonic time of the claim's request. */
  readonly askedAt: number;
}

/** Longest time that a job lies ready, in milliseconds; giving it back takes a little more. */
const LONGEST_MS = 80;
/** Time for which a look at whether a job should begin counts, in milliseconds. */
const LOOK_LASTS_MS = 5;

interface Ready extends Claimed {
  /** Monotonic times. */
  readonly claimedAt: number;
  lookedAt: number;
}

export class JobsAhead {
  readonly #store: Pick<Store, "leases" | "clock">;
  /** The next to begin comes first. */
  #ready: Ready[] = [];
  #goingBack: Ready[] = [];
  /** Whether jobs went back because they waited too long, and none has ended since. */
  #isLate = false;

  constructor(store: Pick<Store, "leases" | "clock">) {
    this.#store = store;
  }

  /** Number of jobs that lie ready. */
  get ready(): number {
    return this.#ready.length;
  }

  /** Number of all that were claimed and not begun. */
  get size(): number {
    return this.#ready.length + this.#goingBack.length;
  }

  /** Whether more may be claimed ahead. */
  get takesMore(): boolean {
    return !this.#isLate;
  }

  holds(fence: number): boolean {
    return [...this.#ready, ...this.#goingBack].some(({ job }) => job.fence === fence);
  }

  /** A more urgent job comes before the ones that lie ready already. */
  add(jobs: readonly Claimed[]): void {
    const now = this.#store.clock.monotonic();
    for (const { job, config, askedAt } of jobs)
      this.#ready.push({ job, config, askedAt, claimedAt: now, lookedAt: now });
    this.#ready.sort((a, b) => b.job.priority - a.job.priority);
  }

  /** Takes up to `count` jobs that may begin now. Fewer: there are no more, or a pass has to look at the next first. */
  take(count: number): Claimed[] {
    const first = this.#ready.slice(0, count);
    const unfit = first.findIndex((one) => this.#isStale(one) || !this.#wasLookedAt(one, LOOK_LASTS_MS));
    return this.#ready.splice(0, unfit < 0 ? count : unfit);
  }

  /** A job of this worker has ended. */
  jobEnded(): void {
    this.#isLate = false;
  }

  /** Milliseconds until a job has waited too long. Null: none lies ready. */
  get patienceMs(): number | null {
    if (this.#ready.length === 0) return null;
    const oldest = Math.min(...this.#ready.map(({ claimedAt }) => claimedAt));
    return Math.max(0, oldest + LONGEST_MS - this.#store.clock.monotonic());
  }

  /**
   * Gives back what should not begin here, or all. If the store fails, the next call tries again.
   * @param all whether the worker begins no more jobs
   */
  async review(all: boolean): Promise<void> {
    if (this.size === 0) return;
    const stale = this.#withdraw((one) => this.#isStale(one));
    this.#isLate ||= stale > 0;
    if (all) this.#withdraw(() => true);
    if (this.#ready.some((one) => !this.#wasLookedAt(one, LOOK_LASTS_MS / 2))) await this.#look();
    if (this.#goingBack.length === 0) return;
    const given = this.#goingBack;
    // A claim that cannot be undone is another process's by now.
    await this.#store.leases.unclaim(given.map(({ job }) => ({ jobId: job.id, fence: job.fence })));
    this.#goingBack = this.#goingBack.filter((one) => !given.includes(one));
  }

  /** Looks whether a job is wanted cancelled, or its queue was paused or limited. */
  async #look(): Promise<void> {
    const lookedAt = this.#store.clock.monotonic();
    const withdrawn = new Set(await this.#store.leases.withdrawn(this.#ready.map(({ job }) => job.fence)));
    for (const one of this.#ready) one.lookedAt = lookedAt;
    this.#withdraw(({ job }) => withdrawn.has(job.fence));
  }

  /** Takes jobs from the ones that may begin. Returns their number. */
  #withdraw(isUnfit: (one: Ready) => boolean): number {
    const unfit = this.#ready.filter(isUnfit);
    this.#ready = this.#ready.filter((one) => !unfit.includes(one));
    this.#goingBack.push(...unfit);
    return unfit.length;
  }

  /** The process may have been frozen meanwhile, and the job may be another's. */
  #isStale({ claimedAt }: Ready): boolean {
    return this.#store.clock.monotonic() - claimedAt > LONGEST_MS;
  }

  #wasLookedAt({ lookedAt }: Ready, withinMs: number): boolean {
    return this.#store.clock.monotonic() - lookedAt <= withinMs;
  }
}
