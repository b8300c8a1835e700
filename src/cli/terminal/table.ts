/** Tables without borders, like those of `ls` and `kubectl`. On a terminal the last column is cut to fit. */
import { isTerminal } from "./standard-streams.js";
import { visible } from "./text.js";
import { cut, isPlain, loadWidthOf, type WidthOf } from "./width.js";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly paint?: (text: string, row: Row) => string;
  /** Whether the column is shown. Absent: shown unless it is empty in every row. */
  readonly inUse?: (rows: readonly Row[]) => boolean;
}

const GAP = "  ";

/** Least width of the last column, in characters. A narrower one would show hardly anything. */
const NARROWEST = 10;

/** Ends without a line end. */
export async function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Promise<string> {
  const shown = columns.filter(({ inUse, value }) => inUse?.(rows) ?? rows.some((row) => value(row) !== ""));
  const titles = shown.map(({ title }) => title.toUpperCase());
  const cells = rows.map((row) => shown.map(({ value }) => visible(value(row))));
  const widthOf = await widthMeter(cells);
  const widths = titles.map((title, c) =>
    cells.reduce((width, texts) => Math.max(width, widthOf(texts[c] ?? "")), title.length),
  );
  const room = lastRoom(widths);
  const line = (texts: readonly string[], paint: (text: string, c: number) => string) =>
    texts
      .map((text, c) => {
        const kept = c === texts.length - 1 ? cut(text, room, widthOf) : text;
        return paint(kept, c) + " ".repeat(Math.max(0, (widths[c] ?? 0) - widthOf(kept)));
      })
      .join(GAP)
      .trimEnd();
  const lines = cells.map((texts, r) => line(texts, (text, c) => shown[c]?.paint?.(text, rows[r] as Row) ?? text));
  return [line(titles, (title) => title), ...lines].join("\n");
}

async function widthMeter(cells: readonly (readonly string[])[]): Promise<WidthOf> {
  return cells.every((texts) => texts.every(isPlain)) ? (text) => text.length : loadWidthOf();
}

/** The terminal's room for the last column, in characters. Infinite: its content fits. */
function lastRoom(widths: readonly number[]): number {
  if (!isTerminal(1)) return Number.POSITIVE_INFINITY;
  const others = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
  const room = (process.stdout.columns || 80) - others;
  return room < NARROWEST ? Number.POSITIVE_INFINITY : room;
}
