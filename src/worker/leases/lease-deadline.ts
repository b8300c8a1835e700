/**
 * Decides when a worker renews a lease and when it gives one up. Pure, on the worker's own monotonic clock. A lease
 * counts from the moment before its request was sent, so by the store's clock it never runs out earlier than here.
 */

import type { Clock } from "../../core/clock.js";

/** A lease from the view of its worker. */
export interface OwnLease {
  /** Monotonic time at which the request for it, or for its last renewal, was sent. */
  readonly since: number;
  /** Length in milliseconds. */
  readonly ms: number;
}

/** `end`: end the attempt, since another host may soon begin the next one. */
export type LeaseCare = "keep" | "renew" | "end";

/** A lease is renewed after a third of its time, so that two renewals may fail. */
const RENEWALS_PER_LEASE = 3;
/** Share of a lease that is reserved for killing the attempt's processes. */
const KILLING_SHARE = 0.1;

/** @param selfFencing see `Store.selfFencing` */
export function careFor({ since, ms }: OwnLease, now: number, selfFencing: boolean): LeaseCare {
  const age = now - since;
  if (selfFencing && age >= ms * (1 - KILLING_SHARE)) return "end";
  return age >= ms / RENEWALS_PER_LEASE ? "renew" : "keep";
}

/** Less is a clock that is put right bit by bit. Milliseconds. */
const LEAST_SLEEP_MS = 1000;

/**
 * Tells how long the machine slept, or a virtual machine stood still. The monotonic clock stands still then, while a
 * lease runs out at the store, so a sleep makes leases older. The wall clock tells, though a clock that is put forward
 * looks the same.
 */
export class SleepWatch {
  readonly #clock: Clock;
  #lead: number;

  /** @param clock of this machine, not the store's */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lead = clock.now() - clock.monotonic();
  }

  /** Milliseconds of sleep since the last call. */
  since(): number {
    const lead = this.#clock.now() - this.#clock.monotonic();
    const gained = lead - this.#lead;
    this.#lead = lead;
    return gained >= LEAST_SLEEP_MS ? gained : 0;
  }
}
