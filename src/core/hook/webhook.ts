/**
 * A webhook: a hook that posts the event to a URL. Its command is our own program.
 *
 * A delivery has its job's priority, without the extra one of other hooks, and one delivery per receiver runs at a
 * time. So a receiver that hangs holds one slot, and the other slots go on. The limit key behind this is reserved:
 * users cannot give it.
 */
import { UsageError } from "../errors.js";
import type { CommandLine } from "../job/job.js";
import type { Hook, HookEvent } from "./hook.js";

export interface Webhook {
  readonly url: string;
  readonly events: readonly HookEvent[];
}

/** Run with our own program, at its path when the delivery runs. */
export const DELIVERY: CommandLine = ["queuectl", "webhook", "deliver"];
export const WEBHOOK_URL = "QUEUECTL_HOOK_URL";
/**
 * Exit code of `webhook deliver` if the receiver will never take the delivery. No other command of ours and no shell
 * uses it.
 */
export const REFUSED_EXIT_CODE = 76;
/** Time limit of an answer, in milliseconds. */
export const ANSWER_MS = 10_000;

const ATTEMPTS = 8;
/** Covers the answer and our own start on a busy machine. It is explicit so that `job-timeout` cannot cut it short. */
const TIMEOUT_MS = 30_000;
const MAX_URL_CHARACTERS = 2000;

export function deliveryOf({ url, events }: Webhook): Hook {
  return {
    on: events,
    command: DELIVERY,
    max_retries: ATTEMPTS,
    timeout_ms: TIMEOUT_MS,
    limit_key: `${RECEIVER}${new URL(url).origin}`,
    // The job's directory may be gone by then, and a delivery does not need it.
    cwd: "/",
    env: { [WEBHOOK_URL]: url },
    options: { retry: { noRetryOn: [REFUSED_EXIT_CODE] } },
  };
}

/** The webhook behind a hook. Undefined: the hook is no delivery. */
export function webhookOf({ on, env }: Hook): Webhook | undefined {
  const url = env?.[WEBHOOK_URL];
  return url === undefined ? undefined : { url, events: on };
}

/** Prefix of the limit keys of deliveries. */
const RECEIVER = "_webhook:";

/** The receiver behind a limit key. Null: the key is a user's. */
export function receiverOf(limitKey: string | null): string | null {
  return limitKey?.startsWith(RECEIVER) ? limitKey.slice(RECEIVER.length) : null;
}

/** @param name what the user calls the URL, for errors @throws UsageError */
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
    throw new UsageError(`${name} holds a user name or a password`, "let the receiver verify the signature instead");
  }
  if (text.length > MAX_URL_CHARACTERS) {
    throw new UsageError(`${name} is ${text.length} characters long; the longest is ${MAX_URL_CHARACTERS}`);
  }
  return url.href;
}
