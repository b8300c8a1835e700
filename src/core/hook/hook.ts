/**
 * Hooks: commands that run when a job reaches a certain state. A hook becomes a job of the queue `_hooks`, in the
 * transaction that changes the state, see `hook-jobs.ts`. So it is as durable as the change, and it is retried like any job. Its
 * environment tells what happened; nothing of that is put into its command.
 *
 * The store keeps a list of {@link Hook}s and knows nothing else. Users write a {@link HookSet}. A webhook is a hook
 * with our own program as its command, see `webhook.ts`.
 */
import { UsageError } from "../errors.js";
import type { CommandLine } from "../job/job.js";
import type { JobOptions } from "../job/options.js";
import { suggestion } from "../text/suggest.js";
import { deliveryOf, type Webhook, webhookOf } from "./webhook.js";

/** Queue of the hooks. Users put no jobs into it, and its jobs have no hooks themselves. */
export const HOOK_QUEUE = "_hooks";

/** States that have hooks. `failed`: the attempt failed and will be retried. */
export const HOOK_EVENTS = ["completed", "failed", "dead"] as const;
export type HookEvent = (typeof HOOK_EVENTS)[number];

export interface Hook {
  readonly on: readonly HookEvent[];
  readonly command: CommandLine;
  readonly max_retries: number;
  /** Milliseconds. Absent: as configured. */
  readonly timeout_ms?: number;
  /** Limit key: one hook with this key runs at a time, at the job's priority. Absent: the job's priority plus one. */
  readonly limit_key?: string;
  /** Absent: the job's directory. */
  readonly cwd?: string;
  /** Variables beside those of every hook. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options of the hook's job. */
  readonly options?: JobOptions;
}

/** Hooks of a job or a queue, as users write them. */
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

/** A change of hooks. Null removes a hook; a hook that is not named stays. */
export type HookChange = { readonly [Event in HookEvent]?: CommandLine | null } & {
  readonly webhookUrl?: string | null;
  readonly webhookEvents?: readonly HookEvent[];
};

/** @throws UsageError if events are given without a webhook */
export function changeHooks(before: HookSet, { webhookUrl, webhookEvents, ...commands }: HookChange): HookSet {
  const { webhook, ...rest } = { ...before, ...commands };
  const kept = Object.fromEntries(Object.entries(rest).filter(([, command]) => command !== null)) as HookSet;
  const url = webhookUrl === undefined ? webhook?.url : webhookUrl;
  if (url === undefined || url === null) {
    if (webhookEvents === undefined) return kept;
    throw new UsageError('"webhook_events" is given, but there is no webhook', "give its URL as well");
  }
  return { ...kept, webhook: { url, events: webhookEvents ?? webhook?.events ?? DEFAULT_WEBHOOK_EVENTS } };
}

/** @param name what the user calls the list, for errors @throws UsageError */
export function checkEvents(words: readonly string[], name: string): HookEvent[] {
  const wrong = words.find((word) => !(HOOK_EVENTS as readonly string[]).includes(word));
  if (words.length === 0 || wrong !== undefined) {
    throw new UsageError(
      wrong === undefined ? `${name} names no event` : `${name} is ${JSON.stringify(wrong)}, which is not an event`,
      suggestion(wrong ?? "", HOOK_EVENTS),
    );
  }
  return HOOK_EVENTS.filter((event) => words.includes(event));
}
