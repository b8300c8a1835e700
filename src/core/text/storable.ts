/** Makes a job's text storable. A command may write any bytes, but not every database takes every text. */

/** Without U+0000 and without halves of a surrogate pair: PostgreSQL refuses the first, UTF-8 has no form for the others. */
export function storable(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, "");
}
