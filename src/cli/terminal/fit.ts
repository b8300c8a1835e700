/**
 * Fits the columns of a table into a terminal. Columns that are too many are left out, the least important first. Of
 * the rest the widest are cut, so that no row is wider than the terminal.
 */

export interface Sized {
  /** Width of the widest cell or the title, in characters. */
  readonly wanted: number;
  /** Of two columns, the lower one is left out first; of equals, the right one. Absent: 1. */
  readonly importance?: number;
  /** Least useful width, in characters. Absent: {@link NARROWEST}. */
  readonly least?: number;
}

/** A narrower column would show hardly anything. Characters. */
const NARROWEST = 10;

/** @param room width of a line, in characters @returns the width of each column; 0: it is left out */
export function fitWidths(columns: readonly Sized[], room: number, gap: number): number[] {
  const indexes = columns.map((_, index) => index);
  const byImportance = [...indexes].sort((a, b) => importanceOf(columns[b]) - importanceOf(columns[a]) || a - b);
  let left = room + gap;
  const kept: number[] = [];
  for (const index of byImportance) {
    const least = leastOf(columns[index]) + gap;
    // The first column stays, however narrow the terminal is.
    if (least > left && kept.length > 0) break;
    kept.push(index);
    left -= least;
  }
  const available = room - gap * (kept.length - 1);
  const cap = widestCut(
    kept.map((index) => columns[index]?.wanted ?? 0),
    kept.map((index) => leastOf(columns[index])),
    available,
  );
  return indexes.map((index) =>
    kept.includes(index)
      ? Math.min(columns[index]?.wanted ?? 0, Math.max(cap, leastOf(columns[index])), Math.max(1, available))
      : 0,
  );
}

/** The greatest width to which the columns can be cut so that they fit together. */
function widestCut(wanted: readonly number[], least: readonly number[], room: number): number {
  const total = (cap: number) =>
    wanted.reduce((sum, width, i) => sum + Math.min(width, Math.max(cap, least[i] ?? 0)), 0);
  let cap = Math.max(0, ...wanted);
  if (total(cap) <= room) return cap;
  let low = 0;
  while (low + 1 < cap) {
    const middle = Math.floor((low + cap) / 2);
    if (total(middle) <= room) low = middle;
    else cap = middle;
  }
  return low;
}

function importanceOf(column: Sized | undefined): number {
  return column?.importance ?? 1;
}

function leastOf(column: Sized | undefined): number {
  return Math.min(column?.wanted ?? 0, column?.least ?? NARROWEST);
}
