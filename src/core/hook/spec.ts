/** Reads the hooks of a job from its JSON. */

import { UsageError } from "../errors.js";
import { checkCommand } from "../job/command.js";
import type { CommandLine } from "../job/job.js";
import type { JobSpecJson } from "../job/schema.js";
import { changeHooks, checkEvents, type Hook, type HookEvent, hooksOf } from "./hook.js";
import { checkWebhookUrl } from "./webhook.js";

type HookKeys = "on_completed" | "on_failed" | "on_dead" | "webhook_url" | "webhook_events";

/** @throws UsageError */
export function hooksFromSpec(spec: Pick<JobSpecJson, HookKeys>): readonly Hook[] {
  const { webhook_url: url, webhook_events: events } = spec;
  return hooksOf(
    changeHooks(
      {},
      {
        ...command("completed", spec.on_completed),
        ...command("failed", spec.on_failed),
        ...command("dead", spec.on_dead),
        ...(url === undefined ? {} : { webhookUrl: checkWebhookUrl(url, '"webhook_url"') }),
        ...(events === undefined ? {} : { webhookEvents: checkEvents(events, '"webhook_events"') }),
      },
    ),
  );
}

/** Removes the hook of a queue. A user who writes it for a job means the same, not a program of this name. */
const NONE = "none";

function command(event: HookEvent, given: CommandLine | undefined) {
  if (given === NONE) {
    throw new UsageError(
      `"on_${event}" is none: a job has only the hooks that it is given`,
      `leave it out; queuectl queue set NAME --on-${event} none removes the hook of its queue`,
    );
  }
  return given === undefined ? {} : { [event]: checkCommand(given, `"on_${event}"`) };
}
