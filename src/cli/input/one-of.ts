/** Reads a word from the value of a flag. */
import { UsageError } from "../../core/errors.js";
import { suggestion } from "../../core/text/suggest.js";

/** @throws UsageError naming the flag and the nearest of the known words */
export function oneOf<Word extends string>(text: string, flag: string, known: readonly Word[]): Word {
  if ((known as readonly string[]).includes(text)) return text as Word;
  throw new UsageError(`${flag} cannot be ${JSON.stringify(text)}`, suggestion(text, known));
}
