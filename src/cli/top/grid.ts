/**
 * Lays out rows of columns in exactly the given room. Each column is as wide as its content up to its limit; the last
 * one takes the rest.
 */
import type { Column } from "../terminal/table.js";
import { visible } from "../terminal/text.js";
import { cut, type WidthOf } from "../terminal/width.js";

export interface GridColumn<Row> extends Column<Row> {
  /** Greatest width, in characters; below 1, a share of the terminal's width. */
  readonly most?: number;
}

export interface Room {
  /** Width in characters. Infinite: nothing is cut. */
  readonly columns: number;
  readonly widthOf: WidthOf;
}

const GAP = "  ";

/** The titles come first. `paintRow` gets the whole line of a row, padded to the width. */
export function gridLines<Row>(
  columns: readonly GridColumn<Row>[],
  rows: readonly Row[],
  { columns: width, widthOf }: Room,
  paintRow: (line: string, row: Row) => string | null,
): string[] {
  const shown = columns.filter(({ inUse, value }) => inUse?.(rows) ?? rows.some((row) => value(row) !== ""));
  const cells = rows.map((row) => shown.map(({ value }) => visible(value(row))));
  let left = width;
  const widths = shown.map(({ title, most = Number.POSITIVE_INFINITY }, c) => {
    const wanted = cells.reduce((so, texts) => Math.max(so, widthOf(texts[c] ?? "")), title.length);
    const given = Math.max(0, Math.min(wanted, most < 1 ? Math.floor(width * most) : most, left));
    left = Math.max(0, left - given - GAP.length);
    return given;
  });
  const place = (text: string, c: number) => {
    const kept = (widths[c] ?? 0) === 0 ? "" : cut(text, widths[c] ?? 0, widthOf);
    return kept + " ".repeat(Math.max(0, (widths[c] ?? 0) - widthOf(kept)));
  };
  const join = (texts: readonly string[]) => texts.filter((_, c) => (widths[c] ?? 0) > 0).join(GAP);
  const titles = join(shown.map(({ title }, c) => place(title.toUpperCase(), c))).trimEnd();
  const lines = cells.map((texts, r) => {
    const row = rows[r] as Row;
    const placed = texts.map(place);
    const whole = paintRow(fill(join(placed), width, widthOf), row);
    return whole ?? join(placed.map((text, c) => shown[c]?.paint?.(text, row) ?? text)).trimEnd();
  });
  return [titles, ...lines];
}

function fill(line: string, width: number, widthOf: WidthOf): string {
  return Number.isFinite(width) ? line + " ".repeat(Math.max(0, width - widthOf(line))) : line.trimEnd();
}
