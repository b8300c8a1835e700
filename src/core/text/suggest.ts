import { closest, distance } from "fastest-levenshtein";

/** The known word that somebody who typed `word` most likely meant, if any is near enough. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(word.toLowerCase(), known);
  return distance(word.toLowerCase(), best) <= Math.max(1, Math.floor(best.length / 3)) ? best : undefined;
}

/** The hint that goes with an unknown word: the one that was meant, or all there are. */
export function suggestion(word: string, known: readonly string[]): string {
  const meant = suggest(word, known);
  return meant === undefined ? `known: ${known.join(", ")}` : `did you mean ${meant}?`;
}
