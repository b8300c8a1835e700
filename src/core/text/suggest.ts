import { closest, distance } from "fastest-levenshtein";

/** The known word nearest to `word`. Undefined: none is near enough. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(word.toLowerCase(), known);
  return distance(word.toLowerCase(), best) <= Math.max(1, Math.floor(best.length / 3)) ? best : undefined;
}

/** The hint for an unknown word: the nearest known word, or all of them. */
export function suggestion(word: string, known: readonly string[]): string {
  const meant = suggest(word, known);
  return meant === undefined ? `known: ${known.join(", ")}` : `did you mean ${meant}?`;
}
