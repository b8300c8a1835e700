/** Numbers as users type them. */
import { UsageError } from "../errors.js";

/** @throws UsageError naming `what` if it is not a whole number in this range */
export function parseWhole(text: string, what: string, min: number, max: number): number {
  const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new UsageError(`${what} is ${JSON.stringify(text)}`, `give a whole number ${range}`);
}

/** @throws UsageError naming `what` if it is not a number in this range; the default range has no end */
export function parseDecimal(text: string, what: string, min = -Infinity, max = Infinity): number {
  const value = /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isFinite(value) && value >= min && value <= max) return value;
  const hint = min === -Infinity ? "give a number, such as 2 or 1.5" : `give a number from ${min} to ${max}`;
  throw new UsageError(`${what} is ${JSON.stringify(text)}`, hint);
}
