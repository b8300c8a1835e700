/** The limits of a queue and their bounds. */
import { UsageError } from "../errors.js";
import { suggestion } from "../text/suggest.js";
import { checkRate, type Rate } from "./rate.js";

/** Null: no limit. */
export interface QueueLimits {
  /** Jobs that may run at a time. */
  readonly concurrency: number | null;
  /** Jobs that may start within a time. */
  readonly rate: Rate | null;
  /** Jobs that may wait in the queue. */
  readonly maxLength: number | null;
}

export const NO_LIMITS: QueueLimits = { concurrency: null, rate: null, maxLength: null };

/** For `concurrency` and `maxLength`. */
export const LARGEST_LIMIT = 1_000_000_000;

const KEYS = Object.keys(NO_LIMITS) as (keyof QueueLimits)[];

/** Undefined: the limit is not given. @throws UsageError */
export function checkLimits(changes: Partial<QueueLimits>): Partial<QueueLimits> {
  if (typeof changes !== "object" || changes === null) {
    throw new UsageError("the limits of a queue must be an object", "for example { concurrency: 2 }");
  }
  const unknown = Object.keys(changes).find((key) => !(key in NO_LIMITS));
  if (unknown !== undefined) {
    throw new UsageError(`a queue has no limit ${JSON.stringify(unknown)}`, suggestion(unknown, KEYS));
  }
  const { concurrency, rate, maxLength } = changes;
  return {
    ...(concurrency !== undefined && { concurrency: checkCount(concurrency, '"concurrency"') }),
    ...(rate !== undefined && { rate: rate === null ? null : checkRate(rate, '"rate"') }),
    ...(maxLength !== undefined && { maxLength: checkCount(maxLength, '"maxLength"') }),
  };
}

function checkCount(value: number | null, what: string): number | null {
  if (value === null || (Number.isInteger(value) && value >= 1 && value <= LARGEST_LIMIT)) return value;
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  throw new UsageError(`${what} is ${shown}`, `give a whole number from 1 to ${LARGEST_LIMIT}, or null for no limit`);
}
