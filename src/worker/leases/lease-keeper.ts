/**
 * Keeps the leases of running attempts. In one beat it renews them, records the pids of attempts that last, and ends
 * attempts that were cancelled, whose lease was lost, or whose lease is about to run out (lease-deadline.ts). It beats
 * only while an attempt runs.
 */

import { systemClock } from "../../core/clock.js";
import { type Logger, leaseGone, leaseNotRenewed, storeTrouble } from "../../observe/log.js";
import type { ClaimedJob, LeaseStore, Store } from "../../store/contract/store.js";
import { failpoint } from "../../system/failpoint.js";
import type { AttemptRun } from "../attempt-run.js";
import { careFor, type OwnLease, SleepWatch } from "./lease-deadline.js";

/** Short enough to kill an attempt in time before its lease runs out. Milliseconds. */
const BEAT_MS = 200;
/** Milliseconds between TERM and KILL for a cancelled job; a cancellation promises to take a second at most. */
const CANCEL_GRACE_MS = 500;

/** The parts of an attempt that the keeper needs. */
interface Held {
  readonly job: Pick<ClaimedJob, "id" | "fence">;
  readonly pid: AttemptRun["pid"];
  readonly stop: AttemptRun["stop"];
}

type KeeperStore = Pick<Store, "clock" | "selfFencing" | "pollMs"> & {
  readonly leases: Pick<LeaseStore, "renew" | "cancellations" | "started">;
};

export class LeaseKeeper {
  readonly #store: KeeperStore;
  readonly #workerId: string;
  readonly #running: ReadonlyMap<number, Held>;
  readonly #log: Logger;
  /** Fences of running attempts whose pid is in the store. */
  readonly #noted = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  /**
   * Leases of running attempts, by fence, without those being ended for it. Their length may change with the
   * configuration.
   */
  readonly #leases = new Map<number, OwnLease>();
  /** Length of a renewed lease, in milliseconds. */
  #leaseMs = 0;
  #beating = false;
  readonly #sleep = new SleepWatch(systemClock);
  /** Monotonic time of the last look for cancellations. */
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(store: KeeperStore, workerId: string, running: ReadonlyMap<number, Held>, log: Logger) {
    this.#store = store;
    this.#workerId = workerId;
    this.#running = running;
    this.#log = log;
  }

  /** Keeps the lease of an attempt that has just begun. Starts the beat unless it runs. */
  watch(fence: number, lease: OwnLease): void {
    this.#leaseMs = lease.ms;
    this.#leases.set(fence, lease);
    if (this.#timer !== undefined) return;
    // What was slept before is not this lease's.
    this.#sleep.since();
    this.#timer = setInterval(() => void this.#beat(), BEAT_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#noted.clear();
    this.#leases.clear();
  }

  /** Ends the attempts whose cancellation was requested. */
  async cancelWanted(): Promise<void> {
    if (this.#running.size === 0) return;
    this.#lookedAt = this.#store.clock.monotonic();
    try {
      for (const { fence, reason } of await this.#store.leases.cancellations(this.#workerId)) {
        this.#running.get(fence)?.stop({ kind: "cancelled", reason }, CANCEL_GRACE_MS);
      }
    } catch (error) {
      storeTrouble(this.#log, "looking for cancellations", error);
    }
  }

  async #beat(): Promise<void> {
    if (this.#running.size === 0) return this.stop();
    const due = this.#endOverdue();
    // The previous beat may be waiting for a store that does not answer.
    if (this.#beating) return;
    this.#beating = true;
    try {
      if (this.#isLookDue()) await this.cancelWanted();
      await this.#notePids();
      if (due) await this.#renew();
    } catch (error) {
      storeTrouble(this.#log, "renewing leases", error);
    } finally {
      this.#beating = false;
    }
  }

  /** Ends attempts whose lease could not be renewed in time. Returns whether another lease is to be renewed. */
  #endOverdue(): boolean {
    const { clock, selfFencing } = this.#store;
    const asleepMs = this.#sleep.since();
    let due = false;
    for (const [fence, { since, ms }] of this.#leases) {
      const lease = { since: since - asleepMs, ms };
      if (asleepMs > 0) this.#leases.set(fence, lease);
      const attempt = this.#running.get(fence);
      const care = attempt && careFor(lease, clock.monotonic(), selfFencing);
      if (care === "renew") due = true;
      if (care === "renew" || care === "keep") continue;
      this.#leases.delete(fence);
      if (!attempt) continue;
      leaseNotRenewed(this.#log, attempt.job);
      attempt.stop({ kind: "interrupted" }, 0);
    }
    return due;
  }

  /**
   * A worker whose slots are full hears of a cancellation only by this look. Half a beat of tolerance, since timers are
   * not exact.
   */
  #isLookDue(): boolean {
    const { clock, pollMs } = this.#store;
    return clock.monotonic() - this.#lookedAt >= pollMs.cancellations - BEAT_MS / 2;
  }

  async #notePids(): Promise<void> {
    for (const fence of this.#noted) if (!this.#running.has(fence)) this.#noted.delete(fence);
    for (const [fence, { pid }] of this.#running) {
      if (pid === null || this.#noted.has(fence)) continue;
      await this.#store.leases.started(fence, pid);
      this.#noted.add(fence);
    }
  }

  async #renew(): Promise<void> {
    failpoint("renewing");
    const fences = [...this.#running.keys()];
    const leaseMs = this.#leaseMs;
    const since = this.#store.clock.monotonic();
    const held = new Set(await this.#store.leases.renew(fences, leaseMs));
    for (const fence of fences) {
      if (held.has(fence) && this.#leases.has(fence)) this.#leases.set(fence, { since, ms: leaseMs });
      const attempt = held.has(fence) ? undefined : this.#running.get(fence);
      if (!attempt) continue;
      leaseGone(this.#log, attempt.job);
      attempt.stop({ kind: "lost", message: "its lease was given to another worker" }, 0);
    }
  }
}
