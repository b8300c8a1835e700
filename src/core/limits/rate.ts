/** Rates as users type them, a count within a time: `10/m`, `3/s`, `5/30s`. */

import { UsageError } from "../errors.js";
import { formatDuration, parseDuration } from "../text/duration.js";

export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

/** A claim counts the starts within the time, and their rows are kept as long. */
const MOST = 10_000;
const LONGEST_MS = 86_400_000;
const BOUNDS = `at most ${MOST} within at most a day`;

/** @throws UsageError naming `what` */
export function parseRate(text: string, what: string): Rate {
  const [, digits, time] = /^\s*(\d+)\s*\/\s*(\S+)\s*$/.exec(text) ?? [];
  const count = Number(digits ?? 0);
  const perMs = time === undefined ? 0 : duration(/^\d|^\./.test(time) ? time : `1${time}`, text, what);
  if (isRate(count, perMs)) return { count, perMs };
  throw noRate(text, what);
}

/** @throws UsageError naming `what` */
export function checkRate(rate: Rate, what: string): Rate {
  const { count, perMs } = rate;
  if (isRate(count, perMs)) return { count, perMs };
  throw new UsageError(
    `${what} is ${JSON.stringify(rate)}, which is not a rate`,
    `give how many within how many milliseconds: { count: 10, perMs: 60000 }; ${BOUNDS}`,
  );
}

function isRate(count: number, perMs: number): boolean {
  const within = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;
  return within(count, MOST) && within(perMs, LONGEST_MS);
}

/** The shortest form that {@link parseRate} reads back. */
export function formatRate({ count, perMs }: Rate): string {
  return `${count}/${formatDuration(perMs).replace(/^1(?=[a-z])/, "")}`;
}

function duration(time: string, text: string, what: string): number {
  try {
    return parseDuration(time, what);
  } catch {
    throw noRate(text, what);
  }
}

function noRate(text: string, what: string): UsageError {
  return new UsageError(
    `${what} is ${JSON.stringify(text)}, which is not a rate`,
    `give how many within a time: 10/m, 3/s, 5/30s; ${BOUNDS}`,
  );
}
