/**
 * Looks after the leases of the attempts that run: renews them, notes the pids of those that last, and ends the ones that
 * somebody wants cancelled or that are no longer ours. All of it in one beat, which only runs while something runs.
 */

import { type Logger, leaseGone, storeTrouble } from "../observe/log.js";
import type { LeaseStore } from "../store/contract/store.js";
import { failpoint } from "../system/failpoint.js";
import type { AttemptRun } from "./attempt-run.js";

/** Often enough that a cancellation takes effect within a second: a worker whose slots are full hears of it only so. */
const BEAT_MS = 200;
/** A lease is renewed when a third of it has passed, so that two renewals may fail. */
const RENEWALS_PER_LEASE = 3;
/** How long a cancelled job has between TERM and KILL; cancelling promises to be done within a second. */
const CANCEL_GRACE_MS = 500;

type Leases = Pick<LeaseStore, "renew" | "cancellations" | "started">;

export class LeaseKeeper {
  readonly #store: Leases;
  readonly #workerId: string;
  readonly #running: ReadonlyMap<number, AttemptRun>;
  readonly #log: Logger;
  /** Of those that run, the ones whose pid is in the store. */
  readonly #noted = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  /** What a renewal asks for. */
  #leaseMs = 0;
  /** The shortest lease that is held: what is configured may have changed since it was given. */
  #shortestMs = 0;
  #renewedAt = 0;
  #beating = false;

  constructor(store: Leases, workerId: string, running: ReadonlyMap<number, AttemptRun>, log: Logger) {
    this.#store = store;
    this.#workerId = workerId;
    this.#running = running;
    this.#log = log;
  }

  /** Begins the beat, if it is not going already. `leaseMs` is the lease of an attempt that has just begun. */
  watch(leaseMs: number): void {
    this.#leaseMs = leaseMs;
    this.#shortestMs = this.#timer ? Math.min(this.#shortestMs, leaseMs) : leaseMs;
    if (this.#timer) return;
    this.#renewedAt = performance.now();
    this.#timer = setInterval(() => void this.#beat(), BEAT_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#noted.clear();
  }

  /** Ends the attempts that somebody asked to cancel. */
  async cancelWanted(): Promise<void> {
    try {
      for (const { fence, reason } of await this.#store.cancellations(this.#workerId)) {
        this.#running.get(fence)?.stop({ kind: "cancelled", reason }, CANCEL_GRACE_MS);
      }
    } catch (error) {
      storeTrouble(this.#log, "looking for cancellations", error);
    }
  }

  async #beat(): Promise<void> {
    if (this.#running.size === 0) return this.stop();
    if (this.#beating) return;
    this.#beating = true;
    try {
      await this.cancelWanted();
      await this.#notePids();
      if (performance.now() - this.#renewedAt >= this.#shortestMs / RENEWALS_PER_LEASE) await this.#renew();
    } catch (error) {
      storeTrouble(this.#log, "renewing leases", error);
    } finally {
      this.#beating = false;
    }
  }

  async #notePids(): Promise<void> {
    for (const fence of this.#noted) if (!this.#running.has(fence)) this.#noted.delete(fence);
    for (const [fence, { pid }] of this.#running) {
      if (pid === null || this.#noted.has(fence)) continue;
      await this.#store.started(fence, pid);
      this.#noted.add(fence);
    }
  }

  async #renew(): Promise<void> {
    failpoint("renewing");
    const fences = [...this.#running.keys()];
    const leaseMs = this.#leaseMs;
    const held = new Set(await this.#store.renew(fences, leaseMs));
    this.#renewedAt = performance.now();
    this.#shortestMs = Math.min(leaseMs, this.#leaseMs);
    for (const fence of fences) {
      const attempt = held.has(fence) ? undefined : this.#running.get(fence);
      if (!attempt) continue;
      leaseGone(this.#log, attempt.job);
      attempt.stop({ kind: "lost", message: "its lease was given to another worker" }, 0);
    }
  }
}
