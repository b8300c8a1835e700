/**
 * Leases that a worker holds without knowing. If a connection breaks, the store may have carried a claim out although its answer
 * never came. No slot runs such a job and nothing renews its lease, so after every claim without an answer the worker asks which
 * leases it has, and undoes the claims that it does not know.
 */
import { claimLost, type Logger } from "../../observe/log.js";
import type { Store } from "../../store/contract/store.js";

export interface LostClaimsDependencies {
  readonly store: Pick<Store, "leases">;
  readonly workerId: string;
  readonly log: Logger;
}

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
    const { store, workerId, log } = this.#deps;
    const unknown = (await store.leases.of([workerId])).filter(({ fence }) => !knows(fence));
    const undone = await store.leases.unclaim(unknown.map(({ job, fence }) => ({ jobId: job.id, fence })));
    for (const [n, { job }] of unknown.entries()) if (undone[n]) claimLost(log, job);
    this.#isOpen = false;
    this.#isLost = false;
  }
}
