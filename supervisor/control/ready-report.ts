/**
 * How a detached supervisor reports that it is ready, or why it is not, to the command that started it: one message
 * over the IPC channel. The channel is then closed, so that neither process keeps the other alive.
 */

import type { ErrorCode } from "../../src/core/errors.js";
import { QueuectlError } from "../../src/core/errors.js";

export type ToStarter =
  | { readonly type: "ready"; readonly pool: string; readonly pid: number; readonly workers: readonly number[] }
  | { readonly type: "failed"; readonly code: ErrorCode; readonly message: string; readonly hint: string | undefined };

/** Set for a detached supervisor. An IPC channel alone proves nothing, since pm2 gives one to its processes. */
export const DETACHED_VARIABLE = "QUEUECTL_DETACHED";

/** Also true after a restart by the keeper. */
export function isDetached(): boolean {
  return process.env[DETACHED_VARIABLE] === "1";
}

export function tellStarter(message: ToStarter): Promise<void> {
  return new Promise((resolve) => {
    // After a restart by the keeper, no command waits for the report.
    if (!isDetached() || !process.connected) return resolve();
    process.send?.(message, undefined, undefined, () => {
      if (process.connected) process.disconnect();
      resolve();
    });
  });
}

export function failureOf(error: unknown): ToStarter {
  const known = error instanceof QueuectlError;
  return {
    type: "failed",
    code: known ? error.code : "internal",
    message: error instanceof Error ? error.message : String(error),
    hint: known ? error.hint : undefined,
  };
}
