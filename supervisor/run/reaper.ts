/**
 * Takes jobs back from workers that cannot finish them: workers whose exit was seen, and workers found by a look at the
 * leases. If a process of an attempt cannot be killed, its job stays where it is.
 */

import { filesOfOwner, type OwnersFiles } from "../../src/attempt/owner.js";
import { type QueueContext, reclaim } from "../../src/attempt/reclaim.js";
import type { Clock } from "../../src/core/clock.js";
import type { Outcome } from "../../src/core/job/outcome.js";
import { type Logger, storeTrouble } from "../../src/observe/log.js";
import { jobReclaimed, silentOwner, unkillable } from "../../src/observe/supervisor-log.js";
import type { Lease, ProcessRecord, ProcessState } from "../../src/store/contract/store.js";
import { livenessOf, ownIdentity } from "../../src/system/process/identity.js";
import { type Judgement, judgeLease, type Observation, type Reclaim } from "../pure/lease-expiry.js";
import type { GapWatch } from "./gap-watch.js";
import { type HeartbeatDependencies, Heartbeats, type IdleWorker } from "./heartbeats.js";
import { killTree } from "./kill-tree.js";

export interface ReaperDependencies extends QueueContext, Omit<HeartbeatDependencies, "store"> {
  /** Name of our pool. */
  readonly pool: string;
  /** Slots of each of our workers. */
  readonly slots: number;
  readonly log: Logger;
  readonly gaps: Pick<GapWatch, "resumedAt">;
}

/** Most leases with a missed renewal that a sweep looks at; others wait for the next one. */
const MOST_OVERDUE = 500;

/** A look that found no lease holds for so long if nothing changes. A process may die meanwhile. Milliseconds. */
const LONGEST_REST_MS = 10_000;

interface Seen extends Observation {
  /** Last heartbeat of the owner. */
  readonly heartbeatAt: number;
}

export interface SweepOptions {
  /** Whether another process wrote since the last sweep. */
  readonly changed?: boolean;
  readonly idle?: readonly IdleWorker[];
}

/** A process out of reach is forgotten after this many lease durations without a heartbeat, if it holds no lease. */
const FORGOTTEN_AFTER_LEASES = 10;

export class Reaper {
  readonly #deps: ReaperDependencies;
  readonly #seen = new Map<number, Seen>();
  readonly #heartbeats: Heartbeats;
  /** Whether the last sweep found a lease with a missed renewal. */
  #isDoubtful = false;
  /** Result of the last look if it found no lease, and how long it may hold. Null: it found some, or there was none. */
  #rest: { readonly others: number; readonly until: number } | null = null;

  constructor(deps: ReaperDependencies) {
    this.#deps = deps;
    this.#heartbeats = new Heartbeats(deps);
  }

  /** Takes back every job of a worker whose exit was seen, and forgets the worker. Returns the number of jobs. */
  async reclaimWorker(workerId: string, charged: boolean, why: string): Promise<number> {
    const { store } = this.#deps;
    const reclaimed: boolean[] = [];
    for (const lease of await store.leases.of([workerId])) {
      const judgement = { kind: "reclaim", why, charged, ifRenewals: null, rebooted: false } as const;
      reclaimed.push(await this.#reclaim(lease, judgement, this.#deps));
    }
    if (reclaimed.every(Boolean)) await store.processes.deregister(workerId);
    return reclaimed.filter(Boolean).length;
  }

  /**
   * Writes the heartbeats, and looks at abandoned leases and the registered processes. While there are no leases and
   * nothing changes, it looks seldom. Returns the result of {@link countOthers}.
   */
  async sweep(state: ProcessState, { changed = true, idle = [] }: SweepOptions = {}): Promise<number> {
    const { store } = this.#deps;
    await this.#heartbeats.write(state, idle, this.#isDoubtful);
    const rest = this.#rest;
    if (rest !== null && !changed && store.clock.monotonic() < rest.until) return rest.others;
    this.#rest = null;
    // Leases first: then the owner of each was registered before the processes are read.
    const overdue = await store.leases.overdue(MOST_OVERDUE);
    const held = await store.leases.countByWorker();
    const processes = await store.processes.list();
    const living = new Set(processes.filter((process) => livenessOf(process) !== "dead").map(({ id }) => id));
    const ownerless = await store.leases.of([...held.keys()].filter((id) => !living.has(id)));
    await this.#judgeAll([...ownerless, ...overdue.filter(({ workerId }) => living.has(workerId))], processes);
    const forgottenBefore =
      store.clock.now() - FORGOTTEN_AFTER_LEASES * (await this.#deps.config()).values["lease-duration"];
    for (const process of processes) {
      const isOver = !living.has(process.id) || isForgotten(process, forgottenBefore);
      if (isOver && !held.has(process.id)) await store.processes.deregister(process.id);
    }
    const others = this.#othersIn(processes, held);
    this.#isDoubtful = overdue.length > 0;
    if (held.size === 0) this.#rest = { others, until: store.clock.monotonic() + LONGEST_REST_MS };
    return others;
  }

  /**
   * How many members stay empty while workers of our pool's previous supervisor still run jobs on this host. Those
   * workers begin no new jobs.
   */
  async countOthers(): Promise<number> {
    const { store } = this.#deps;
    const held = await store.leases.countByWorker();
    return this.#othersIn(await store.processes.list(), held);
  }

  #othersIn(processes: readonly ProcessRecord[], held: ReadonlyMap<string, number>): number {
    const others = processes.filter((process) => this.#isOther(process));
    const jobs = others.reduce((sum, { id }) => sum + (held.get(id) ?? 0), 0);
    return Math.ceil(jobs / this.#deps.slots);
  }

  #isOther(process: ProcessRecord): boolean {
    const ours = process.supervisorId === this.#deps.supervisorId;
    const isOfPool = process.home === this.#deps.home.dir && process.pool === this.#deps.pool;
    return process.kind === "worker" && isOfPool && !ours && livenessOf(process) === "alive";
  }

  async #judgeAll(leases: readonly Lease[], processes: readonly ProcessRecord[]): Promise<void> {
    const owners = new Map(processes.map((process) => [process.id, process]));
    for (const fence of this.#seen.keys()) {
      if (!leases.some((lease) => lease.fence === fence)) this.#seen.delete(fence);
    }
    for (const lease of leases) {
      const owner = owners.get(lease.workerId);
      const judgement = this.#judge(lease, owner, this.#isWatched(owner, owners));
      if (judgement.kind === "reclaim") await this.#reclaim(lease, judgement, filesOfOwner(this.#deps, owner));
      if (judgement.kind === "kill-owner" && owner) {
        silentOwner(this.#deps.log, owner, judgement.silentMs);
        // Verified a moment ago by pid, boot and start time.
        killTree(owner.pid);
      }
    }
  }

  /** Whether the living supervisor of another pool started the process. */
  #isWatched(owner: ProcessRecord | undefined, processes: ReadonlyMap<string, ProcessRecord>): boolean {
    if (owner?.supervisorId == null || owner.supervisorId === this.#deps.supervisorId) return false;
    const supervisor = processes.get(owner.supervisorId);
    return supervisor !== undefined && livenessOf(supervisor) === "alive";
  }

  #judge(lease: Lease, owner: ProcessRecord | undefined, watched: boolean): Judgement {
    const { clock } = this.#deps.store;
    const seen = observe(this.#seen.get(lease.fence), lease, owner?.heartbeatAt ?? 0, clock);
    this.#seen.set(lease.fence, seen);
    const liveness = owner ? livenessOf(owner) : ("gone" as const);
    const view = {
      expiresAt: lease.expiresAt,
      leaseMs: lease.leaseMs,
      renewals: lease.renewals,
      owner: liveness,
      watched,
      rebooted: liveness === "dead" && owner?.bootId !== ownIdentity().bootId,
    };
    return judgeLease(view, seen, {
      now: clock.now(),
      monotonic: clock.monotonic(),
      lastWriteAt: this.#heartbeats.writtenAt,
      resumedAt: this.#deps.gaps.resumedAt(),
    });
  }

  /** Resolves to whether the lease is gone. If it fails, the next sweep tries again, and no other job waits for it. */
  async #reclaim(
    lease: Lease,
    { why, charged, ifRenewals, rebooted }: Reclaim,
    { home, elsewhere }: OwnersFiles,
  ): Promise<boolean> {
    const { log } = this.#deps;
    const outcome: Outcome = charged ? { kind: "lost", message: why } : { kind: "interrupted" };
    try {
      // A judgement that depends on no renewal is about a dead worker.
      const how = {
        ifRenewals,
        isOrphan: ifRenewals === null,
        rebooted,
        ...(elsewhere !== undefined && { elsewhere }),
      };
      const reclaimed = await reclaim({ ...this.#deps, home }, lease, outcome, how);
      if (reclaimed === null) unkillable(log, lease.job);
      else if (reclaimed.written) jobReclaimed(log, lease.job, reclaimed.settlement, why);
      return reclaimed !== null;
    } catch (error) {
      storeTrouble(log, `taking back job ${lease.job.id}`, error);
      return false;
    }
  }
}

/** A process of another machine or pid namespace cannot be looked at. If it lives after all, it registers again. */
function isForgotten(process: ProcessRecord, before: number): boolean {
  return process.heartbeatAt < before && livenessOf(process) === "unknown";
}

function observe(before: Seen | undefined, { renewals }: Lease, heartbeatAt: number, clock: Clock): Seen {
  const monotonic = clock.monotonic();
  if (before?.renewals !== renewals) return { renewals, since: monotonic, beats: 0, heartbeatAt };
  if (before.heartbeatAt === heartbeatAt) return before;
  // A heartbeat may be written some time after it was heard.
  const isOlder = monotonic - (clock.now() - heartbeatAt) < before.since;
  return { ...before, beats: before.beats + (isOlder ? 0 : 1), heartbeatAt };
}
