/**
 * Takes jobs back from workers that cannot finish them: those whose exit was seen, and those that a look at all leases finds. If
 * something that an attempt left running cannot be killed, its job stays where it is.
 */

import { type QueueContext, reclaim } from "../../src/attempt/reclaim.js";
import type { Outcome } from "../../src/core/job/outcome.js";
import { type Logger, storeTrouble } from "../../src/observe/log.js";
import { jobReclaimed, silentOwner, unkillable } from "../../src/observe/supervisor-log.js";
import type { Lease, ProcessRecord, ProcessState } from "../../src/store/contract/store.js";
import { livenessOf, ownIdentity } from "../../src/system/identity.js";
import { type Judgement, judgeLease, type Observation } from "../pure/lease-expiry.js";
import { killTree } from "./kill-tree.js";

export interface ReaperDependencies extends QueueContext {
  readonly supervisorId: string;
  /** Of each of our workers. */
  readonly slots: number;
  readonly log: Logger;
}

type Reclaim = Extract<Judgement, { kind: "reclaim" }>;

/** How often the supervisor's own sign of life is written: proof for others, and for us that we can write. */
const HEARTBEAT_MS = 2500;

export class Reaper {
  readonly #deps: ReaperDependencies;
  readonly #seen = new Map<number, Observation>();
  #lastWriteAt = Number.NEGATIVE_INFINITY;

  constructor(deps: ReaperDependencies) {
    this.#deps = deps;
  }

  /** Takes back all that a worker held whose exit was seen, and forgets the worker. Returns how many jobs that were. */
  async reclaimWorker(workerId: string, charged: boolean, why: string): Promise<number> {
    const { store } = this.#deps;
    const reclaimed: boolean[] = [];
    for (const lease of await store.leases.leases(workerId)) {
      reclaimed.push(await this.#reclaim(lease, { kind: "reclaim", why, charged, ifRenewals: null }));
    }
    if (reclaimed.every(Boolean)) await store.processes.deregister(workerId);
    return reclaimed.filter(Boolean).length;
  }

  /** Looks at every lease and every registered process. Returns what {@link countOthers} does. */
  async sweep(state: ProcessState): Promise<number> {
    const { store } = this.#deps;
    await this.#heartbeat(state);
    // Leases first: whoever holds one of these was registered before the processes are read.
    const leases = await store.leases.leases();
    const processes = await store.processes.list();
    await this.#judgeAll(leases, processes);
    for (const process of processes) {
      const holds = leases.some(({ workerId }) => workerId === process.id);
      if (!holds && livenessOf(process) === "dead") await store.processes.deregister(process.id);
    }
    return this.#othersIn(processes, leases);
  }

  /**
   * How many of our workers have to wait, so that no more jobs run than are wanted, for those that a former supervisor of this home
   * has left behind on this host: its workers finish their jobs and begin no others.
   */
  async countOthers(): Promise<number> {
    const { store } = this.#deps;
    const leases = await store.leases.leases();
    return this.#othersIn(await store.processes.list(), leases);
  }

  #othersIn(processes: readonly ProcessRecord[], leases: readonly Lease[]): number {
    const others = new Set(processes.filter((process) => this.#isOther(process)).map(({ id }) => id));
    const jobs = leases.filter(({ workerId }) => others.has(workerId)).length;
    return Math.ceil(jobs / this.#deps.slots);
  }

  #isOther(process: ProcessRecord): boolean {
    const ours = process.supervisorId === this.#deps.supervisorId;
    return process.kind === "worker" && !ours && livenessOf(process) === "alive";
  }

  async #heartbeat(state: ProcessState): Promise<void> {
    const { store, supervisorId } = this.#deps;
    if (store.clock.monotonic() - this.#lastWriteAt < HEARTBEAT_MS) return;
    await store.processes.heartbeat(supervisorId, state);
    this.#lastWriteAt = store.clock.monotonic();
  }

  async #judgeAll(leases: readonly Lease[], processes: readonly ProcessRecord[]): Promise<void> {
    const owners = new Map(processes.map((process) => [process.id, process]));
    for (const fence of this.#seen.keys()) {
      if (!leases.some((lease) => lease.fence === fence)) this.#seen.delete(fence);
    }
    if (leases.length === 0) return;
    const leaseMs = (await this.#deps.config()).values["lease-duration"];
    for (const lease of leases) {
      const owner = owners.get(lease.workerId);
      const judgement = this.#judge(lease, owner, leaseMs);
      if (judgement.kind === "reclaim") await this.#reclaim(lease, judgement);
      if (judgement.kind === "kill-owner" && owner) {
        silentOwner(this.#deps.log, owner, judgement.silentMs);
        // Verified a moment ago by pid, boot and start time.
        killTree(owner.pid);
      }
    }
  }

  #judge(lease: Lease, owner: ProcessRecord | undefined, leaseMs: number): Judgement {
    const { clock } = this.#deps.store;
    const before = this.#seen.get(lease.fence);
    const seen = before?.renewals === lease.renewals ? before : { renewals: lease.renewals, since: clock.monotonic() };
    this.#seen.set(lease.fence, seen);
    const liveness = owner ? livenessOf(owner) : ("gone" as const);
    const view = {
      expiresAt: lease.expiresAt,
      renewals: lease.renewals,
      owner: liveness,
      rebooted: liveness === "dead" && owner?.bootId !== ownIdentity().bootId,
    };
    return judgeLease(view, seen, {
      now: clock.now(),
      monotonic: clock.monotonic(),
      lastWriteAt: this.#lastWriteAt,
      leaseMs,
    });
  }

  /** Resolves to whether the lease is gone. What fails is tried again by the next sweep, and keeps no other job waiting. */
  async #reclaim(lease: Lease, { why, charged, ifRenewals }: Reclaim): Promise<boolean> {
    const { log } = this.#deps;
    const outcome: Outcome = charged ? { kind: "lost", message: why } : { kind: "interrupted" };
    try {
      const reclaimed = await reclaim(this.#deps, lease, outcome, ifRenewals);
      if (reclaimed === null) unkillable(log, lease.job);
      else if (reclaimed.written) jobReclaimed(log, lease.job, reclaimed.settlement, why);
      return reclaimed !== null;
    } catch (error) {
      storeTrouble(log, `taking back job ${lease.job.id}`, error);
      return false;
    }
  }
}
