/**
 * Values on their way to PostgreSQL and back. A text there cannot hold the character NUL, which a job may well write into
 * an error or a result: it is left out, since to refuse it would keep the job from ending. Numbers of 64 bits come as
 * numbers, which are exact up to 2^53, and JSON comes as the text that it is.
 */

/** By the number of the type, which never changes. */
export const PARSERS: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [20, Number],
  [1700, Number],
  [114, (text) => text],
  [3802, (text) => text],
]);

export function toPostgres(value: unknown): unknown {
  if (typeof value === "string") return value.includes("\0") ? value.replaceAll("\0", "") : value;
  if (Array.isArray(value)) return value.map(toPostgres);
  return value;
}

/** A text is JSON already. */
export function toJson(value: unknown): unknown {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}
