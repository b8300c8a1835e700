/** Reads numbers and words from the values of flags. */
import { UsageError } from "../../core/errors.js";
import { suggestion } from "../../core/text/suggest.js";

/** @throws UsageError naming the flag */
export function wholeNumber(text: string, flag: string, min: number, max: number): number {
  const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new UsageError(`${flag} is ${JSON.stringify(text)}`, `give a whole number ${range}`);
}

/** @throws UsageError naming the flag */
export function decimalNumber(text: string, flag: string): number {
  const value = /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new UsageError(`${flag} is ${JSON.stringify(text)}`, "give a number, such as 2 or 1.5");
}

/** @throws UsageError naming the flag and the nearest of the known words */
export function oneOf<Word extends string>(text: string, flag: string, known: readonly Word[]): Word {
  if ((known as readonly string[]).includes(text)) return text as Word;
  throw new UsageError(`${flag} cannot be ${JSON.stringify(text)}`, suggestion(text, known));
}
