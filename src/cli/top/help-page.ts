/** The page of keys. */
import { style } from "../terminal/style.js";
import type { Room } from "../terminal/table.js";
import { cut } from "../terminal/width.js";

const KEYS = [
  ["up, down, k, j", "select a job"],
  ["l, enter", "its output; q or esc goes back"],
  ["c", "cancel it, after a question; a running one is killed"],
  ["r", "run it again: a dead job from the beginning, a failed one now"],
  ["q, ^C", "leave; the queue goes on"],
  ["^Z", "suspend"],
] as const;

export function helpLines({ columns, widthOf }: Room): string[] {
  const rows = KEYS.map(([keys, what]) => `  ${keys.padEnd(16)}${what}`);
  const text = ["Rates count attempts that ended: completed, and failed in any way."];
  return [style.bold("Keys"), ...[...rows, "", ...text].map((line) => cut(line, columns, widthOf))];
}
