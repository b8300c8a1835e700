/**
 * Leases that a worker holds without knowing. If a connection breaks, the store may have carried a claim out although its answer
 * never came. No slot runs such a job and nothing renews its lease, so after every claim without an answer the worker asks which
 * leases it has, and gives back the ones that it does not run.
 */
import { type Config, retryPolicy } from "../config/config.js";
import { decide } from "../core/job/decide.js";
import { claimLost, type Logger } from "../observe/log.js";
import type { Settlement, Store } from "../store/contract/store.js";

export interface LostClaimsDependencies {
  readonly store: Pick<Store, "leases" | "clock">;
  readonly workerId: string;
  readonly config: () => Promise<Config>;
  readonly log: Logger;
}

/** The job did not begin, through no fault of its own: it goes back uncharged. */
const OUTCOME = { kind: "not-started", message: "the answer to its claim was lost", transient: true } as const;

export class LostClaims {
  readonly #deps: LostClaimsDependencies;
  /** Whether a claim was sent whose answer has not come. */
  #isOpen = false;
  /** Whether the answer of an earlier claim never came. */
  #isLost = false;

  constructor(deps: LostClaimsDependencies) {
    this.#deps = deps;
  }

  /** Called before a claim is sent. */
  sent(): void {
    this.#isLost ||= this.#isOpen;
    this.#isOpen = true;
  }

  answered(): void {
    this.#isOpen = false;
  }

  /** Gives back the leases that the worker does not know. Call it while no claim is under way. */
  async release(knows: (fence: number) => boolean): Promise<void> {
    if (!this.#isOpen && !this.#isLost) return;
    const { store, workerId, config, log } = this.#deps;
    const unknown = (await store.leases.of([workerId])).filter(({ fence }) => !knows(fence));
    if (unknown.length > 0) {
      const configured = await config();
      const now = store.clock.now();
      const settlements = unknown.map(({ job, fence }): Settlement => {
        const decision = decide(job, OUTCOME, retryPolicy(configured, job.options.policy), { now });
        return { jobId: job.id, fence, outcome: OUTCOME, decision };
      });
      await store.leases.settle(settlements);
      for (const { job } of unknown) claimLost(log, job);
    }
    this.#isOpen = false;
    this.#isLost = false;
  }
}
