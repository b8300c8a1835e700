/** Tables without borders, as `ls` and `kubectl` have them; on a terminal the last column is cut to what fits. */
import { isTerminal } from "../standard-streams.js";
import { visible } from "./text.js";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly paint?: (text: string, row: Row) => string;
  /** A column with nothing to say is left out. Default: when it is empty in every row. */
  readonly inUse?: (rows: readonly Row[]) => boolean;
}

const GAP = "  ";
const NO_BORDERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: GAP,
};

/** Ends without a line end. */
export async function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Promise<string> {
  const { default: Table } = await import("cli-table3");
  const shown = columns.filter(({ inUse, value }) => inUse?.(rows) ?? rows.some((row) => value(row) !== ""));
  const cells = rows.map((row) => shown.map(({ value }) => visible(value(row))));
  const width = lastWidth(
    shown.map(({ title }) => title),
    cells,
  );
  const table = new Table({
    head: shown.map(({ title }) => title.toUpperCase()),
    chars: NO_BORDERS,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colWidths: shown.map((_, i) => (i === shown.length - 1 ? width : null)),
  });
  table.push(...cells.map((texts, r) => texts.map((text, c) => shown[c]?.paint?.(text, rows[r] as Row) ?? text)));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** What the terminal leaves for the last column; null (as wide as its content) where nobody looks at a screen. */
function lastWidth(titles: readonly string[], cells: readonly (readonly string[])[]): number | null {
  if (!isTerminal(1) || titles.length === 0) return null;
  const widest = (column: number) =>
    Math.max(titles[column]?.length ?? 0, ...cells.map((row) => row[column]?.length ?? 0));
  const others = titles.slice(0, -1).reduce((sum, _, column) => sum + widest(column) + GAP.length, 0);
  const room = (process.stdout.columns || 80) - others;
  return room < 10 || widest(titles.length - 1) <= room ? null : room;
}
