/** The width of a text on a terminal, where some characters take two columns and some none. */
export type WidthOf = (text: string) => number;

export function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** The library for wide characters is slow to load and to call, and most texts have none. */
export async function loadWidthOf(): Promise<WidthOf> {
  const { default: stringWidth } = await import("string-width");
  return (text) => (isPlain(text) ? text.length : stringWidth(text));
}

/** The text if it fits, or as much of it as fits before an ellipsis. */
export function cut(text: string, room: number, widthOf: WidthOf): string {
  if (widthOf(text) <= room) return text;
  let kept = "";
  for (const char of text) {
    if (widthOf(kept + char) >= room) break;
    kept += char;
  }
  return `${kept}…`;
}
