/**
 * Decides whether a lease may be taken from its owner. Pure, and the only place of this rule. A dead owner loses the
 * lease at once, unless the supervisor of another pool watches it: that one knows why it died. A silent owner, or a
 * watched one that is dead and stays unnoticed, loses it only if both clocks agree: the lease has run out on the wall clock, and its
 * renewal counter has stood still for half a lease on our monotonic clock while we ran and could write. So a clock that
 * jumps, a laptop that sleeps, a tree of processes that was frozen or a disk that stalls takes no lease from a living
 * owner.
 */
import type { Liveness } from "../../src/system/process/identity.js";

export interface LeaseView {
  readonly expiresAt: number;
  /** Length that the owner asked for, in milliseconds. */
  readonly leaseMs: number;
  readonly renewals: number;
  /**
   * State of the owning process. "gone": it is not registered. It may have been silent for long and live after all, so
   * its lease has to run out.
   */
  readonly owner: Liveness | "gone";
  /** Whether the owner's own supervisor lives and is not this one. It sees the exit and takes the job back. */
  readonly watched: boolean;
  /** Whether the owner ran before this host's last boot. */
  readonly rebooted: boolean;
}

/** Our last observation of a lease. */
export interface Observation {
  readonly renewals: number;
  /** Time on our monotonic clock since which `renewals` has stood still. */
  readonly since: number;
  /** Heartbeats of its owner since then. */
  readonly beats: number;
}

export type Judgement =
  | { readonly kind: "keep" }
  | Reclaim
  /** The owner is on this host, lives, and does not renew. Once killed, it is a dead owner. */
  | { readonly kind: "kill-owner"; readonly silentMs: number };

export interface Reclaim {
  readonly kind: "reclaim";
  readonly why: string;
  /** Whether the attempt counts. */
  readonly charged: boolean;
  readonly ifRenewals: number | null;
  /** Whether the owner ran before this host's last boot. */
  readonly rebooted: boolean;
}

export interface Clocks {
  /** Wall clock. */
  readonly now: number;
  readonly monotonic: number;
  /** Time of our last successful write, on the monotonic clock. */
  readonly lastWriteAt: number;
  /** End of the last gap in which we did not run, on the monotonic clock. Silence before it does not count. */
  readonly resumedAt: number;
}

/**
 * An owner with this many heartbeats and no renewal is healthy, but does not know of the lease: a claim's answer was
 * lost.
 */
const BEATS_OF_A_HEALTHY_OWNER = 2;

const LOST: Reclaim = { kind: "reclaim", why: "its worker died", charged: true, ifRenewals: null, rebooted: false };

export function judgeLease(lease: LeaseView, seen: Observation, clocks: Clocks): Judgement {
  if (lease.rebooted) {
    return { ...LOST, why: "the machine was restarted", charged: false, rebooted: true };
  }
  if (lease.owner === "dead" && !lease.watched) return LOST;
  const since = Math.max(seen.since, clocks.resumedAt);
  const stillFor = clocks.monotonic - since;
  const silent = lease.expiresAt <= clocks.now && lease.renewals === seen.renewals && stillFor >= lease.leaseMs / 2;
  const wroteMeanwhile = clocks.lastWriteAt >= since + lease.leaseMs / 4;
  if (!silent || !wroteMeanwhile) return { kind: "keep" };
  if (lease.owner === "dead") return LOST;
  if (lease.owner === "alive") {
    if (seen.beats === 0) return { kind: "kill-owner", silentMs: stillFor };
    // An owner that was frozen may have just begun to beat again, and renews in a moment.
    if (seen.beats < BEATS_OF_A_HEALTHY_OWNER) return { kind: "keep" };
    return { ...LOST, why: "its worker does not know of it", charged: false, ifRenewals: lease.renewals };
  }
  return { ...LOST, why: "its worker fell silent", ifRenewals: lease.renewals };
}
