import { closest, distance } from "fastest-levenshtein";

/** The known word nearest to `word`. Undefined: none is near enough. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const typed = word.toLowerCase();
  const best = known.find((one) => isSwap(typed, one)) ?? closest(typed, known);
  return isSwap(typed, best) || distance(typed, best) <= Math.max(1, Math.floor(best.length / 3)) ? best : undefined;
}

/** Whether the two differ by two neighbours in the wrong order, which is one slip of the fingers. */
function isSwap(one: string, other: string): boolean {
  const at = [...one].findIndex((letter, i) => letter !== other[i]);
  return at !== -1 && one.slice(0, at) + one[at + 1] + one[at] + one.slice(at + 2) === other;
}

/** The hint for an unknown word: the nearest known word, or all of them. */
export function suggestion(word: string, known: readonly string[]): string {
  const meant = suggest(word, known);
  return meant === undefined ? `known: ${known.join(", ")}` : `did you mean ${meant}?`;
}
