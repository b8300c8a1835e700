/** The role of the store that keeps what the jobs of a queue do when they end. Jobs bring hooks of their own along. */
import type { HookChange, HookSet } from "../../core/hook/hook.js";

export interface QueueHooks {
  readonly hooks: HookSet;
  /** Whether there is a secret that signs webhooks. */
  readonly signed: boolean;
}

export interface HookStore {
  get(queue: string): Promise<QueueHooks>;
  /**
   * Changes what is named and nothing else. `secret`: null takes it away, left out it stays.
   * @throws UsageError see `changeHooks`; nothing is written then
   */
  change(queue: string, change: HookChange, secret?: string | null): Promise<QueueHooks>;
  /** What signs the webhooks of the queue's jobs; null: nothing. For nobody but the one who signs. */
  secret(queue: string): Promise<string | null>;
}
