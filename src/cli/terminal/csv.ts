/** CSV as in RFC 4180, but with plain line ends, as shell tools expect. */
import { visibleLines } from "../../core/text/visible.js";

/** What a spreadsheet takes for the beginning of a formula; a number is none. */
const FORMULA = /^(?!-?\d+(?:\.\d+)?$)[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;

/** A text that a spreadsheet would run as a formula gets a `'` before it, by which a spreadsheet knows text. */
export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => quoted(visibleLines(FORMULA.test(cell) ? `'${cell}` : cell))).join(",");
}

function quoted(cell: string): string {
  return /[",\r\n]|^'/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
