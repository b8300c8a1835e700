/** A log that keeps its lines, for tests of what is logged. */
import pino from "pino";
import type { Logger } from "../../src/observe/log.js";

export interface KeptLog {
  readonly log: Logger;
  /** The messages, oldest first. */
  readonly messages: readonly string[];
}

export function keptLog(): KeptLog {
  const messages: string[] = [];
  const log = pino(
    { base: null },
    { write: (line: string) => messages.push((JSON.parse(line) as { msg: string }).msg) },
  );
  return { log, messages };
}
