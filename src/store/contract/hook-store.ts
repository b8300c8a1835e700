/** The role of the store that keeps the hooks of queues. Jobs bring hooks of their own. */
import type { HookChange, HookSet } from "../../core/hook/hook.js";

export interface QueueHooks {
  readonly hooks: HookSet;
  /** Whether there is a secret that signs webhooks. */
  readonly signed: boolean;
}

export interface HookStore {
  get(queue: string): Promise<QueueHooks>;
  /**
   * Changes the named hooks only. `secret`: null removes it; undefined leaves it.
   * @throws UsageError see `changeHooks`; nothing is written then
   */
  change(queue: string, change: HookChange, secret?: string | null): Promise<QueueHooks>;
  /** The secret for webhooks of the queue's jobs, only for the process that signs. Null: there is none. */
  secret(queue: string): Promise<string | null>;
}
