/** An error as JSON. */
import { QueuectlError } from "../core/errors.js";

const DEFECT_HINT = "this is a defect of queuectl; QUEUECTL_DEBUG=1 shows where";

export interface ErrorJson {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export function errorToJson(error: unknown): ErrorJson {
  if (!(error instanceof QueuectlError)) {
    return { code: "internal", message: error instanceof Error ? error.message : String(error), hint: DEFECT_HINT };
  }
  const { code, message, hint } = error;
  return hint === undefined ? { code, message } : { code, message, hint };
}
