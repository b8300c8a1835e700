/**
 * Decides when a worker renews a lease and when it gives one up. Pure, on the worker's own monotonic clock. A lease
 * counts from the moment before its request was sent, so by the store's clock it never runs out earlier than here.
 */

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
