/**
 * Whether a lease may be taken from its owner: pure, and the only place where that is decided. A dead owner loses it at
 * once. A silent one only when wall clock and monotonic clock agree: the lease has run out, and its renewal counter has
 * not moved for half a lease on our own monotonic clock while we ourselves could write. So a clock that jumps, a laptop
 * that sleeps or a disk that stalls takes nothing from the living.
 */
import type { Liveness } from "../../src/system/identity.js";

export interface LeaseView {
  readonly expiresAt: number;
  readonly renewals: number;
  /** Of the owning process; "gone" if it is not registered (any more). */
  readonly owner: Liveness | "gone";
  /** The owner ran before this host's last boot. */
  readonly rebooted: boolean;
}

/** What we have seen of a lease so far. */
export interface Observation {
  readonly renewals: number;
  /** On our monotonic clock: since when `renewals` has stood still. */
  readonly since: number;
}

export type Judgement =
  | { readonly kind: "keep" }
  /** `charged`: the attempt counts. */
  | { readonly kind: "reclaim"; readonly why: string; readonly charged: boolean; readonly ifRenewals: number | null }
  /** The owner is on this host, lives, and does not renew: kill it; the lease is then one of a dead owner. */
  | { readonly kind: "kill-owner"; readonly silentMs: number };

export interface Clocks {
  /** Wall clock. */
  readonly now: number;
  readonly monotonic: number;
  /** On the monotonic clock: when a write of ours last succeeded. */
  readonly lastWriteAt: number;
  readonly leaseMs: number;
}

export function judgeLease(lease: LeaseView, seen: Observation, clocks: Clocks): Judgement {
  if (lease.rebooted) {
    return { kind: "reclaim", why: "the machine was restarted", charged: false, ifRenewals: null };
  }
  if (lease.owner === "dead" || lease.owner === "gone") {
    return { kind: "reclaim", why: "its worker died", charged: true, ifRenewals: null };
  }
  const stillFor = clocks.monotonic - seen.since;
  const silent = lease.expiresAt <= clocks.now && lease.renewals === seen.renewals && stillFor >= clocks.leaseMs / 2;
  const wroteMeanwhile = clocks.lastWriteAt >= seen.since + clocks.leaseMs / 4;
  if (!silent || !wroteMeanwhile) return { kind: "keep" };
  if (lease.owner === "alive") return { kind: "kill-owner", silentMs: stillFor };
  return { kind: "reclaim", why: "its worker fell silent", charged: true, ifRenewals: lease.renewals };
}
