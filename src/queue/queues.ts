/** The queues that jobs are in: what keeps them back, and what is in them. */
import { checkName, checkUserQueue } from "../core/job/ids.js";
import { checkLimits, type QueueLimits } from "../core/limits/queue.js";
import type { QueueRecord, Store } from "../store/contract/store.js";

export class Queues {
  readonly #store: Pick<Store, "queues">;

  constructor(store: Pick<Store, "queues">) {
    this.#store = store;
  }

  /** Every queue that has jobs or was paused once. */
  async list(): Promise<QueueRecord[]> {
    return this.#store.queues.list();
  }

  /**
   * Changes the limits that are given; null takes one away.
   *
   * ```ts
   * await client.queues.limit("mail", { concurrency: 2, rate: { count: 10, perMs: 60_000 } });
   * ```
   * @throws UsageError
   */
  async limit(name: string, changes: Partial<QueueLimits>): Promise<QueueLimits> {
    return this.#store.queues.limit(checkUserQueue(name), checkLimits(changes));
  }

  /** Starts no more jobs of this queue; what runs goes on. @returns false if it was paused already @throws UsageError */
  async pause(name: string): Promise<boolean> {
    return this.#store.queues.pause(checkName("queue", name));
  }

  /** @returns false if it was not paused @throws UsageError */
  async resume(name: string): Promise<boolean> {
    return this.#store.queues.resume(checkName("queue", name));
  }
}
