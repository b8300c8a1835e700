/** The hooks of a job or a queue as text. */
import { HOOK_EVENTS, type HookSet } from "../../core/hook/hook.js";
import { commandText } from "../../core/job/command.js";
import { visible } from "../../core/text/visible.js";
import type { QueueHooks } from "../../queue/queues.js";

/** Names and values. */
export function hookFacts(hooks: HookSet): [string, string][] {
  const commands = HOOK_EVENTS.flatMap((event): [string, string][] => {
    const command = hooks[event];
    return command === undefined ? [] : [[`On ${event}`, visible(commandText(command))]];
  });
  const { webhook } = hooks;
  return webhook === undefined
    ? commands
    : [...commands, ["Webhook", `${visible(webhook.url)} (${webhook.events.join(", ")})`]];
}

/** Empty if there are none. */
export function queueHooksText({ hooks, signed }: QueueHooks): string {
  const facts = [...hookFacts(hooks), ...(signed ? [["Webhooks are", "signed"] as const] : [])];
  return facts.map(([name, value]) => `${name.padEnd(14)}${value}`).join("\n");
}
