/**
 * How a detached supervisor tells the command that started it that it is ready, or why it is not: one message over the IPC
 * channel, which is then closed so that neither keeps the other alive.
 */

import type { ErrorCode } from "../../src/core/errors.js";
import { QueuectlError } from "../../src/core/errors.js";

export type ToStarter =
  | { readonly type: "ready"; readonly pid: number; readonly workers: readonly number[] }
  | { readonly type: "failed"; readonly code: ErrorCode; readonly message: string; readonly hint: string | undefined };

/** Set for a detached supervisor; an IPC channel alone proves nothing, since pm2 gives one to what it starts. */
export const DETACHED_VARIABLE = "QUEUECTL_DETACHED";

/** Also of one that its keeper has started again. */
export function isDetached(): boolean {
  return process.env[DETACHED_VARIABLE] === "1";
}

export function tellStarter(message: ToStarter): Promise<void> {
  return new Promise((resolve) => {
    // One that its keeper has started again has nobody to tell.
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
