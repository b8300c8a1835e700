/** Prints an error for its reader: one line with the problem and the remedy, or one line of JSON. */
import { EXIT, QueuectlError } from "../../core/errors.js";
import { oneLine } from "../../core/text/visible.js";
import { errorToJson } from "../../json/error.js";
import { jsonText } from "../../json/exact.js";
import { hintAsTyped } from "../parse/typed-options.js";
import { endsWith, writeText } from "../terminal/standard-streams.js";

/** Resolves to the exit code. */
export function reportError(error: unknown, json: boolean): number {
  const exitCode = endsWith(error instanceof QueuectlError ? error.exitCode : EXIT.failure);
  const body = hintAsTyped(errorToJson(error));
  if (!(json && printed({ error: body }))) {
    const { message, hint } = body;
    writeText(2, `queuectl: error: ${oneLine(hint === undefined ? message : `${message}; ${hint}`)}\n`);
  }
  if (process.env.QUEUECTL_DEBUG === "1" && error instanceof Error) writeText(2, `${debugText(error)}\n`);
  return exitCode;
}

/** False: stdout is closed or full, which may be the very error. */
function printed(value: unknown): boolean {
  try {
    writeText(1, `${jsonText(value)}\n`);
    return true;
  } catch {
    return false;
  }
}

function debugText(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by: ${debugText(error.cause)}` : "";
  return `${error.stack}${cause}`;
}
