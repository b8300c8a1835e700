import { UsageError } from "../core/errors.js";
import { suggestion } from "../core/text/suggest.js";

/**
 * For callers without a type checker. @param method its name for the caller
 * @throws UsageError naming an unknown option and the nearest known one
 */
export function checkOptions(method: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new UsageError(
      `the options of ${method} are ${options === null ? "null" : `a ${typeof options}`}`,
      "give an object",
    );
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new UsageError(`${method} has no option ${JSON.stringify(unknown)}`, suggestion(unknown, known));
}
