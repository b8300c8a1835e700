/**
 * Takes jobs back from workers that cannot finish them. Before a job may run again, whatever the lost attempt left running
 * on this host is killed and gone; if something cannot be killed, the job stays where it is.
 */
import { relative } from "node:path";
import { type Config, retryPolicy } from "../src/config.js";
import type { Clock } from "../src/core/clock.js";
import { decide } from "../src/core/decide.js";
import { failpoint } from "../src/core/failpoint.js";
import type { Outcome } from "../src/core/outcome.js";
import { livenessOf, ownIdentity } from "../src/exec/identity.js";
import { collectOutput } from "../src/exec/output.js";
import { collectReport } from "../src/exec/report.js";
import { killStrays } from "../src/exec/strays.js";
import { type Home, outputPaths, reportPaths } from "../src/home.js";
import type { Logger } from "../src/observe/log.js";
import { jobReclaimed, silentOwner, unkillable } from "../src/observe/supervisor-log.js";
import type { Lease, ProcessRecord, ProcessState, Settlement, Store, StoredStream } from "../src/store/store.js";
import { killTree } from "./kill-tree.js";
import { type Judgement, judgeLease, type Observation } from "./lease-judgement.js";

export interface ReaperDependencies {
  readonly supervisorId: string;
  readonly store: Store;
  readonly home: Home;
  readonly config: () => Promise<Config>;
  readonly clock: Clock;
  readonly log: Logger;
}

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

  /** Looks at every lease and every registered process. Returns how many workers of former supervisors still live. */
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
    return processes.filter((process) => this.#isOther(process)).length;
  }

  /** Workers on this host that a former supervisor of this home has left behind, and that finish their jobs. */
  async countOthers(): Promise<number> {
    return (await this.#deps.store.processes.list()).filter((process) => this.#isOther(process)).length;
  }

  #isOther(process: ProcessRecord): boolean {
    const ours = process.supervisorId === this.#deps.supervisorId;
    return process.kind === "worker" && !ours && livenessOf(process) === "alive";
  }

  async #heartbeat(state: ProcessState): Promise<void> {
    const { store, clock, supervisorId } = this.#deps;
    if (clock.monotonic() - this.#lastWriteAt < HEARTBEAT_MS) return;
    await store.processes.heartbeat(supervisorId, state);
    this.#lastWriteAt = clock.monotonic();
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
    const { clock } = this.#deps;
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

  async #reclaim({ job, fence }: Lease, judgement: Extract<Judgement, { kind: "reclaim" }>): Promise<boolean> {
    const { store, home, config, log } = this.#deps;
    if (!(await killStrays({ home: home.dir, jobId: job.id, fence }))) {
      unkillable(log, job);
      return false;
    }
    failpoint("reclaiming");
    const outcome: Outcome = judgement.charged ? { kind: "lost", message: judgement.why } : { kind: "interrupted" };
    const settlement: Settlement = {
      jobId: job.id,
      fence,
      outcome,
      decision: decide(job, outcome, retryPolicy(await config(), job.options.policy), { now: this.#deps.clock.now() }),
      output: this.#salvage(fence),
      ...collectReport(reportPaths(home, fence), outcome),
      ...(judgement.ifRenewals === null ? {} : { ifRenewals: judgement.ifRenewals }),
    };
    const [written] = await store.leases.settle([settlement]);
    if (written) jobReclaimed(log, job, settlement, judgement.why);
    return true;
  }

  /** What the attempt had written before it was lost is often what explains the loss. */
  #salvage(fence: number): { stdout: StoredStream; stderr: StoredStream } {
    const { home } = this.#deps;
    const collect = (path: string): StoredStream => {
      const { bytes, text, file } = collectOutput(path);
      return { bytes, text, file: file === null ? null : relative(home.dir, file) };
    };
    const paths = outputPaths(home, fence);
    return { stdout: collect(paths.stdout), stderr: collect(paths.stderr) };
  }
}
