/**
 * A webhook: a hook whose command is our own program, which posts what happened to a URL.
 *
 * A delivery has its job's priority and not one more, and of those to one receiver one runs at a time: a receiver that hangs
 * holds one slot, and the work goes on in the others. What bounds it is a limit key of ours, which no user can give.
 */
import { UsageError } from "../errors.js";
import type { CommandLine } from "../job/job.js";
import type { Hook, HookEvent } from "./hook.js";

export interface Webhook {
  readonly url: string;
  readonly events: readonly HookEvent[];
}

/** Run with our own program, wherever that is when it runs. */
export const DELIVERY: CommandLine = ["queuectl", "webhook", "deliver"];
export const WEBHOOK_URL = "QUEUECTL_HOOK_URL";
/** How `webhook deliver` ends when the receiver will never take it. No other command of ours, and no shell, ends so. */
export const REFUSED_EXIT_CODE = 76;
/** For an answer. */
export const ANSWER_MS = 10_000;

const ATTEMPTS = 8;
/** An answer's time, and our own start on a machine that is busy. Said, so that `job-timeout` does not cut it short. */
const TIMEOUT_MS = 30_000;
const MAX_URL_CHARACTERS = 2000;

export function deliveryOf({ url, events }: Webhook): Hook {
  return {
    on: events,
    command: DELIVERY,
    max_retries: ATTEMPTS,
    timeout_ms: TIMEOUT_MS,
    limit_key: `${RECEIVER}${new URL(url).origin}`,
    // The job's directory may be gone by then, and it is of no use here.
    cwd: "/",
    env: { [WEBHOOK_URL]: url },
    options: { retry: { noRetryOn: [REFUSED_EXIT_CODE] } },
  };
}

/** Undefined: it is no delivery. */
export function webhookOf({ on, env }: Hook): Webhook | undefined {
  const url = env?.[WEBHOOK_URL];
  return url === undefined ? undefined : { url, events: on };
}

/** Begins the limit keys of deliveries. */
const RECEIVER = "_webhook:";

/** The receiver whose deliveries have this limit key; null: it is a user's. */
export function receiverOf(limitKey: string | null): string | null {
  return limitKey?.startsWith(RECEIVER) ? limitKey.slice(RECEIVER.length) : null;
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
