/**
 * Looks after the leases of the attempts that run: renews them, notes the pids of those that last, and ends the ones that
 * are to be cancelled, that are no longer ours, or whose lease is about to run out (lease-deadline.ts). All of it in one beat,
 * which only runs while something runs.
 */

import { type Logger, leaseGone, leaseNotRenewed, storeTrouble } from "../observe/log.js";
import type { ClaimedJob, LeaseStore, Store } from "../store/contract/store.js";
import { failpoint } from "../system/failpoint.js";
import type { AttemptRun } from "./attempt-run.js";
import { careFor, type OwnLease } from "./lease-deadline.js";

/** Short enough to kill in time what runs under a lease that is about to run out. */
const BEAT_MS = 200;
/** How long a cancelled job has between TERM and KILL; cancelling promises to be done within a second. */
const CANCEL_GRACE_MS = 500;

/** What it has to know of an attempt. */
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
  /** Of those that run, the ones whose pid is in the store. */
  readonly #noted = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  /** Of the attempts that run and are not being ended for it; what is configured may change from one lease to the next. */
  readonly #leases = new Map<number, OwnLease>();
  /** What a renewal asks for. */
  #leaseMs = 0;
  #beating = false;
  /** Monotonic time of the last look for cancellations. */
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(store: KeeperStore, workerId: string, running: ReadonlyMap<number, Held>, log: Logger) {
    this.#store = store;
    this.#workerId = workerId;
    this.#running = running;
    this.#log = log;
  }

  /** Looks after the lease of an attempt that has just begun. Begins the beat, if it is not going already. */
  watch(fence: number, lease: OwnLease): void {
    this.#leaseMs = lease.ms;
    this.#leases.set(fence, lease);
    this.#timer ??= setInterval(() => void this.#beat(), BEAT_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#noted.clear();
    this.#leases.clear();
  }

  /** Ends the attempts that somebody asked to cancel. */
  async cancelWanted(): Promise<void> {
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
    // The one before may be waiting for a store that does not answer.
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

  /** Ends the attempts whose lease could not be renewed in time. Returns whether one of the other leases is to be renewed. */
  #endOverdue(): boolean {
    const { clock, selfFencing } = this.#store;
    let due = false;
    for (const [fence, lease] of this.#leases) {
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

  /** A worker whose slots are full hears of a cancellation only so. Half a beat of tolerance, since timers are not exact. */
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
