/** The queues of jobs: their limits and pauses, and the jobs in them. */

import { ConflictError } from "../core/errors.js";
import type { HookChange } from "../core/hook/hook.js";
import { checkName, checkUserQueue } from "../core/job/ids.js";
import { checkLimits, type QueueLimits } from "../core/limits/queue.js";
import type { QueueHooks } from "../store/contract/hook-store.js";
import type { QueueRecord, Store } from "../store/contract/store.js";
import { NoSuchQueueError } from "../store/errors.js";

export type { QueueHooks } from "../store/contract/hook-store.js";
export type { QueueRecord } from "../store/contract/store.js";

export class Queues {
  readonly #store: Pick<Store, "queues" | "hooks" | "schedules">;

  /** @internal */
  constructor(store: Pick<Store, "queues" | "hooks" | "schedules">) {
    this.#store = store;
  }

  /** Every queue that has jobs or was ever paused. */
  async list(): Promise<QueueRecord[]> {
    return this.#store.queues.list();
  }

  /**
   * Changes the given limits; null removes one.
   *
   * ```ts
   * await client.queues.limit("mail", { concurrency: 2, rate: { count: 10, perMs: 60_000 } });
   * ```
   * @throws UsageError
   */
  async limit(name: string, changes: Partial<QueueLimits>): Promise<QueueLimits> {
    return this.#store.queues.limit(checkUserQueue(name), checkLimits(changes));
  }

  /**
   * Starts no more jobs of this queue; running jobs go on. @returns false if it was paused already @throws UsageError
   */
  async pause(name: string): Promise<boolean> {
    return this.#store.queues.pause(checkName("queue", name));
  }

  /** @returns false if it was not paused @throws UsageError */
  async resume(name: string): Promise<boolean> {
    return this.#store.queues.resume(checkName("queue", name));
  }

  /**
   * Removes an empty queue with its limits, its pause and its hooks. The next job that names it makes it anew.
   * @throws UsageError @throws NoSuchQueueError
   * @throws ConflictError if there are jobs in it, or a schedule enqueues into it
   */
  async remove(name: string): Promise<void> {
    checkName("queue", name);
    const schedules = (await this.#store.schedules.list()).filter(({ job }) => (job.queue ?? "default") === name);
    if (schedules.length > 0) {
      const names = schedules.map((schedule) => schedule.name);
      const hint = `remove or replace them first: queuectl schedule remove ${names[0]}`;
      throw new ConflictError(`schedules enqueue into the queue ${name}: ${names.join(", ")}`, hint);
    }
    const result = await this.#store.queues.remove(name);
    if (result === "has jobs") {
      const hint = `to see them: queuectl list --queue ${name}; to delete them: queuectl jobs delete --queue ${name}`;
      throw new ConflictError(`there are jobs in the queue ${name}`, hint);
    }
    if (result === "unknown") {
      const known = (await this.list()).map((queue) => queue.name);
      throw new NoSuchQueueError(name, known);
    }
  }

  /** The limits of a queue. Null: it has none. @throws UsageError */
  async limits(name: string): Promise<QueueLimits | null> {
    const limited = await this.#store.queues.limited();
    return limited.find((queue) => queue.name === checkName("queue", name))?.limits ?? null;
  }

  /** The hooks of a queue; its jobs may have hooks of their own. @throws UsageError */
  async hooks(name: string): Promise<QueueHooks> {
    return this.#store.hooks.get(checkName("queue", name));
  }

  /**
   * Changes the named hooks. `secret`, which signs webhooks: null removes it; undefined leaves it. @throws UsageError
   */
  async setHooks(name: string, change: HookChange, secret?: string | null): Promise<QueueHooks> {
    return this.#store.hooks.change(checkUserQueue(name), change, secret);
  }
}
