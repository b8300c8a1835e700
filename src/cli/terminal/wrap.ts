/** Breaks lines between words, for help on a terminal of any width. */

/** @param width of a line, in characters. A longer word has a line of its own, and is not broken. */
export function wrapLine(line: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of line.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Wraps each line alone. */
export function wrapText(text: string, width: number): string {
  return text
    .split("\n")
    .flatMap((line) => wrapLine(line, width))
    .join("\n");
}

/**
 * Rows of a name and a description, which is wrapped in its column. Where a name takes more than half of the width, its
 * description begins in the next line. A row may have several lines.
 */
export function nameColumn(rows: readonly (readonly [name: string, text: string])[], width: number): string[] {
  const widest = Math.max(0, ...rows.map(([name]) => name.length)) + 2;
  const column = Number.isFinite(width) ? Math.min(widest, Math.floor(width / 2)) : widest;
  const indent = " ".repeat(column);
  return rows.map(([name, text]) => {
    const lines = wrapLine(text, width - column);
    if (name.length + 2 > column) return [name, ...lines.map((line) => indent + line)].join("\n");
    return [name.padEnd(column) + (lines[0] ?? ""), ...lines.slice(1).map((line) => indent + line)].join("\n");
  });
}
