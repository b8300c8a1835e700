/** Reads the hook flags of `queue set` as a change of hooks. */
import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { UsageError } from "../../core/errors.js";
import { checkEvents, HOOK_EVENTS, type HookChange, type HookEvent } from "../../core/hook/hook.js";
import { checkWebhookUrl } from "../../core/hook/webhook.js";
import { checkCommand } from "../../core/job/command.js";

export type HookFlags = { readonly [Event in HookEvent]: string | undefined } & {
  readonly webhookUrl: string | undefined;
  readonly webhookEvents: string | undefined;
  readonly webhookSecret: string | undefined;
  readonly webhookSecretFile: string | undefined;
};

/** The value that removes a hook. */
const NONE = "none";

/** @throws UsageError */
export function hookChange(flags: HookFlags): HookChange {
  const commands = HOOK_EVENTS.flatMap((event): [HookEvent, string | null][] => {
    const text = flags[event];
    if (text === undefined) return [];
    return [[event, text === NONE ? null : (checkCommand(text, `--on-${event}`) as string)]];
  });
  const { webhookUrl: url, webhookEvents: events } = flags;
  return {
    ...Object.fromEntries(commands),
    ...(url === undefined ? {} : { webhookUrl: url === NONE ? null : checkWebhookUrl(url, "--webhook-url") }),
    ...(events === undefined ? {} : { webhookEvents: checkEvents(events.split(","), "--webhook-events") }),
  };
}

/**
 * Null: removes the secret. Undefined: leaves it. It is never a word of the command line, which other users can see.
 * @throws UsageError
 */
export function webhookSecret({ webhookSecret: word, webhookSecretFile: file }: HookFlags): string | null | undefined {
  if (word !== undefined && file !== undefined) {
    throw new UsageError("--webhook-secret and --webhook-secret-file cannot be combined", "give one of them");
  }
  if (word === NONE) return null;
  if (word !== undefined && word !== "-") {
    throw new UsageError(
      "--webhook-secret takes - for stdin, or none: others could read it from the command line",
      "put it into a file and give --webhook-secret-file FILE",
    );
  }
  if (word === undefined && file === undefined) return undefined;
  const bytes = read(file);
  // Decoding would change the secret, and no receiver could verify a signature.
  if (!isUtf8(bytes)) {
    throw new UsageError(
      `the webhook's secret in ${file ?? "stdin"} is not text`,
      "make one with openssl rand -hex 32, and give it to the receiver as it is there",
    );
  }
  const secret = bytes.toString().replace(/\r?\n$/, "");
  if (secret === "") throw new UsageError(`the webhook's secret in ${file ?? "stdin"} is empty`);
  return secret;
}

function read(file: string | undefined): Buffer {
  try {
    return readFileSync(file ?? 0);
  } catch (error) {
    throw new UsageError(
      `cannot read the webhook's secret: ${(error as Error).message}`,
      "give a file that you may read",
    );
  }
}
