/**
 * Hooks: commands that run when a job comes to a certain state. A hook becomes a job of the queue `_hooks`, in the transaction
 * that changes the state and whoever makes the change (migration 0008), so it is as durable as the change and is retried like
 * any job. What happened is told in its environment and never put into its command.
 *
 * The store keeps a list of {@link Hook}s and knows nothing else; people say a {@link HookSet}. A webhook is a hook whose
 * command is our own program, see {@link DELIVERY}.
 */
import { UsageError } from "./errors.js";
import type { CommandLine } from "./job.js";
import type { JobOptions } from "./job-options.js";
import { suggestion } from "./suggest.js";

/** Where hooks run. Users put no job there, and its jobs have no hooks themselves. */
export const HOOK_QUEUE = "_hooks";

/** States that have hooks; `failed` is an attempt that failed and will be retried. */
export const HOOK_EVENTS = ["completed", "failed", "dead"] as const;
export type HookEvent = (typeof HOOK_EVENTS)[number];

export interface Hook {
  readonly on: readonly HookEvent[];
  readonly command: CommandLine;
  readonly max_retries: number;
  /** Absent: that of the job. */
  readonly cwd?: string;
  /** On top of what every hook is told. */
  readonly env?: Readonly<Record<string, string>>;
  /** Of the hook's job. */
  readonly options?: JobOptions;
}

export interface Webhook {
  readonly url: string;
  readonly events: readonly HookEvent[];
}

/** What a job or a queue has of hooks, as people say it. */
export type HookSet = { readonly [Event in HookEvent]?: CommandLine } & { readonly webhook?: Webhook };

/** Run with our own program, wherever that is when it runs. */
export const DELIVERY: CommandLine = ["queuectl", "webhook", "deliver"];
export const WEBHOOK_URL = "QUEUECTL_HOOK_URL";
/** How `webhook deliver` ends when the receiver will never take it: it is not tried again. */
export const REFUSED_EXIT_CODE = 78;

const HOOK_ATTEMPTS = 3;
const WEBHOOK_ATTEMPTS = 8;
const DEFAULT_WEBHOOK_EVENTS: readonly HookEvent[] = ["completed", "dead"];

export function hooksOf(set: HookSet): Hook[] {
  const hooks = HOOK_EVENTS.flatMap((event): Hook[] => {
    const command = set[event];
    return command === undefined ? [] : [{ on: [event], command, max_retries: HOOK_ATTEMPTS }];
  });
  if (set.webhook === undefined) return hooks;
  const { url, events } = set.webhook;
  const delivery: Hook = {
    on: events,
    command: DELIVERY,
    max_retries: WEBHOOK_ATTEMPTS,
    // The job's directory may be gone by then, and it is of no use here.
    cwd: "/",
    env: { [WEBHOOK_URL]: url },
    options: { retry: { noRetryOn: [REFUSED_EXIT_CODE] } },
  };
  return [...hooks, delivery];
}

export function hookSetOf(hooks: readonly Hook[]): HookSet {
  return Object.assign({}, ...hooks.map(({ on, command, env }) => partOf(on, command, env?.[WEBHOOK_URL])));
}

function partOf(on: readonly HookEvent[], command: CommandLine, url: string | undefined): HookSet {
  return url === undefined ? Object.fromEntries(on.map((event) => [event, command])) : { webhook: { url, events: on } };
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

/** @param name how the user calls it @throws UsageError */
export function checkWebhookUrl(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new UsageError(
      `${name} is ${shown}: it must be an http or https URL`,
      "for example https://example.com/hook",
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new UsageError(`${name} holds a user name or a password`, "the receiver is to verify the signature instead");
  }
  if (text.length > MAX_URL_CHARACTERS) {
    throw new UsageError(`${name} is ${text.length} characters long; the longest is ${MAX_URL_CHARACTERS}`);
  }
  return url.href;
}

const MAX_URL_CHARACTERS = 2000;
