/** Tables without borders, like those of `ls` and `kubectl`. */

import { visible } from "../../core/text/visible.js";
import { fitWidths, type Sized } from "./fit.js";
import { isTerminal } from "./standard-streams.js";
import { cut, isPlain, loadWidthOf, type WidthOf } from "./width.js";

export interface Column<Row> extends Omit<Sized, "wanted"> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly paint?: (text: string, row: Row) => string;
  /** Whether the column is shown. Absent: shown unless it is empty in every row. */
  readonly inUse?: (rows: readonly Row[]) => boolean;
  /** Greatest width where every line has to fit, in characters; below 1, a share of the whole width. */
  readonly most?: number;
}

export interface Room {
  /** Width in characters. Infinite: nothing is cut. */
  readonly columns: number;
  readonly widthOf: WidthOf;
}

const GAP = "  ";

/**
 * No line is wider than the terminal: columns are cut or left out. Ends without a line end.
 * @param width in characters; infinite: nothing is cut
 */
export async function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width = terminalWidth(),
): Promise<string> {
  const shown = inUse(columns, rows);
  const cells = cellsOf(shown, rows);
  const widthOf = await widthMeter(cells);
  const sized = wantedWidths(shown, cells, widthOf).map((wanted, c) => ({ ...shown[c], wanted }));
  const widths = fitWidths(sized, width, GAP.length);
  return new Lines(shown, widths, widthOf).all(cells, rows, () => null).join("\n");
}

/**
 * Lines that fit exactly. Each column is as wide as its content up to its limit, and the last one takes the rest.
 * @param paintRow gets the whole line of a row, padded to the width; null: the columns paint
 */
export function fittingLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { columns: width, widthOf }: Room,
  paintRow: (line: string, row: Row) => string | null,
): string[] {
  const shown = inUse(columns, rows);
  const cells = cellsOf(shown, rows);
  let left = width;
  const widths = wantedWidths(shown, cells, widthOf).map((wanted, c) => {
    const most = shown[c]?.most ?? Number.POSITIVE_INFINITY;
    const given = Math.max(0, Math.min(wanted, most < 1 ? Math.floor(width * most) : most, left));
    left = Math.max(0, left - given - GAP.length);
    return given;
  });
  const fill = (line: string) => line + (Number.isFinite(width) ? " ".repeat(Math.max(0, width - widthOf(line))) : "");
  return new Lines(shown, widths, widthOf).all(cells, rows, (line, row) => paintRow(fill(line), row));
}

/** Puts cells into columns of given widths. A column without width is left out. */
class Lines<Row> {
  readonly #columns: readonly Column<Row>[];
  readonly #widths: readonly number[];
  readonly #widthOf: WidthOf;

  constructor(columns: readonly Column<Row>[], widths: readonly number[], widthOf: WidthOf) {
    this.#columns = columns;
    this.#widths = widths;
    this.#widthOf = widthOf;
  }

  /** The titles come first. */
  all(
    cells: readonly (readonly string[])[],
    rows: readonly Row[],
    paintRow: (line: string, row: Row) => string | null,
  ): string[] {
    const titles = this.#columns.map(({ title }) => title.toUpperCase());
    const lines = cells.map((texts, r) => {
      const row = rows[r] as Row;
      const whole = paintRow(this.#line(texts), row);
      return whole ?? this.#line(texts, (text, c) => this.#columns[c]?.paint?.(text, row) ?? text);
    });
    return [this.#line(titles), ...lines];
  }

  #line(texts: readonly string[], paint = (text: string, _c: number) => text): string {
    const placed = texts.flatMap((text, c) => {
      const width = this.#widths[c] ?? 0;
      if (width === 0) return [];
      const kept = cut(text, width, this.#widthOf);
      return [paint(kept, c) + " ".repeat(Math.max(0, width - this.#widthOf(kept)))];
    });
    return placed.join(GAP).trimEnd();
  }
}

function inUse<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Column<Row>[] {
  return columns.filter(({ inUse, value }) => inUse?.(rows) ?? rows.some((row) => value(row) !== ""));
}

function cellsOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[][] {
  return rows.map((row) => columns.map(({ value }) => visible(value(row))));
}

function wantedWidths<Row>(
  columns: readonly Column<Row>[],
  cells: readonly (readonly string[])[],
  widthOf: WidthOf,
): number[] {
  return columns.map(({ title }, c) =>
    cells.reduce((width, texts) => Math.max(width, widthOf(texts[c] ?? "")), title.length),
  );
}

async function widthMeter(cells: readonly (readonly string[])[]): Promise<WidthOf> {
  return cells.every((texts) => texts.every(isPlain)) ? (text) => text.length : loadWidthOf();
}

/** Infinite: stdout is no terminal. */
export function terminalWidth(): number {
  return isTerminal(1) ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
}
