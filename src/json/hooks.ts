/** Hooks as JSON, in the keys of a job's description. */
import { HOOK_EVENTS } from "../core/hook/hook.js";
import type { CommandLine } from "../core/job/job.js";
import type { QueueHooks } from "../queue/queues.js";

/** Every key, with null for a missing hook. Never the secret. */
export function queueHooksToJson({ hooks, signed }: QueueHooks) {
  const { webhook } = hooks;
  const commands = HOOK_EVENTS.map((event) => [`on_${event}`, hooks[event] ?? null]);
  return {
    ...(Object.fromEntries(commands) as Record<string, CommandLine | null>),
    webhook_url: webhook?.url ?? null,
    webhook_events: webhook?.events ?? null,
    webhook_signed: signed,
  };
}
