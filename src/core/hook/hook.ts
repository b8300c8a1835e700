/**
 * Hooks: commands that run when a job comes to a certain state. A hook becomes a job of the queue `_hooks`, in the transaction
 * that changes the state and whoever makes the change (migration 0009), so it is as durable as the change and is retried like
 * any job. What happened is told in its environment and never put into its command.
 *
 * The store keeps a list of {@link Hook}s and knows nothing else; people say a {@link HookSet}. A webhook is a hook whose
 * command is our own program, see `webhook.ts`.
 */
import { UsageError } from "../errors.js";
import type { CommandLine } from "../job/job.js";
import type { JobOptions } from "../job/options.js";
import { suggestion } from "../text/suggest.js";
import { deliveryOf, type Webhook, webhookOf } from "./webhook.js";

/** Where hooks run. Users put no job there, and its jobs have no hooks themselves. */
export const HOOK_QUEUE = "_hooks";

/** States that have hooks; `failed` is an attempt that failed and will be retried. */
export const HOOK_EVENTS = ["completed", "failed", "dead"] as const;
export type HookEvent = (typeof HOOK_EVENTS)[number];

export interface Hook {
  readonly on: readonly HookEvent[];
  readonly command: CommandLine;
  readonly max_retries: number;
  /** Absent: as configured. */
  readonly timeout_ms?: number;
  /** Of the hooks with this key one runs at a time, and their priority is that of the job. Absent: one more than that. */
  readonly limit_key?: string;
  /** Absent: that of the job. */
  readonly cwd?: string;
  /** On top of what every hook is told. */
  readonly env?: Readonly<Record<string, string>>;
  /** Of the hook's job. */
  readonly options?: JobOptions;
}

/** What a job or a queue has of hooks, as people say it. */
export type HookSet = { readonly [Event in HookEvent]?: CommandLine } & { readonly webhook?: Webhook };

const HOOK_ATTEMPTS = 3;
const DEFAULT_WEBHOOK_EVENTS: readonly HookEvent[] = ["completed", "dead"];

export function hooksOf(set: HookSet): Hook[] {
  const hooks = HOOK_EVENTS.flatMap((event): Hook[] => {
    const command = set[event];
    return command === undefined ? [] : [{ on: [event], command, max_retries: HOOK_ATTEMPTS }];
  });
  return set.webhook === undefined ? hooks : [...hooks, deliveryOf(set.webhook)];
}

export function hookSetOf(hooks: readonly Hook[]): HookSet {
  return Object.assign({}, ...hooks.map(partOf));
}

function partOf(hook: Hook): HookSet {
  const webhook = webhookOf(hook);
  return webhook === undefined ? Object.fromEntries(hook.on.map((event) => [event, hook.command])) : { webhook };
}

/** What is to be different; null takes away, what is not named stays. */
export type HookChange = { readonly [Event in HookEvent]?: CommandLine | null } & {
  readonly webhookUrl?: string | null;
  readonly webhookEvents?: readonly HookEvent[];
};

/** @throws UsageError there are events, but no webhook that they could be of */
export function changeHooks(before: HookSet, { webhookUrl, webhookEvents, ...commands }: HookChange): HookSet {
  const { webhook, ...rest } = { ...before, ...commands };
  const kept = Object.fromEntries(Object.entries(rest).filter(([, command]) => command !== null)) as HookSet;
  const url = webhookUrl === undefined ? webhook?.url : webhookUrl;
  if (url === undefined || url === null) {
    if (webhookEvents === undefined) return kept;
    throw new UsageError('"webhook_events" is given, and there is no webhook', "give its URL as well");
  }
  return { ...kept, webhook: { url, events: webhookEvents ?? webhook?.events ?? DEFAULT_WEBHOOK_EVENTS } };
}

/** @param name how the user calls it @throws UsageError */
export function checkEvents(words: readonly string[], name: string): HookEvent[] {
  const wrong = words.find((word) => !(HOOK_EVENTS as readonly string[]).includes(word));
  if (words.length === 0 || wrong !== undefined) {
    throw new UsageError(
      wrong === undefined ? `${name} names no event` : `${name} is ${JSON.stringify(wrong)}, which is no event`,
      suggestion(wrong ?? "", HOOK_EVENTS),
    );
  }
  return HOOK_EVENTS.filter((event) => words.includes(event));
}
