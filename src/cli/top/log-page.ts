/** The page of a job's output: the output of an attempt, as drawable lines. */
import { stripVTControlCharacters } from "node:util";
import { visible } from "../../core/text/visible.js";
import type { Tails } from "../../logs/tails.js";
import { style } from "../terminal/style.js";
import { cut } from "../terminal/width.js";
import type { Size } from "./frame.js";
import type { LogPage } from "./view.js";

export function linesOf({ stdout, stderr, absence }: Tails): string[] {
  if (absence !== null) return [style.dim(`(${visible(absence)})`)];
  const errors = stderr === "" ? [] : [style.dim("--- stderr ---"), ...split(stderr)];
  return [...(stdout === "" ? [] : split(stdout)), ...errors];
}

/** Drops colours. Of a line that was overwritten, the last state is shown. */
function split(text: string): string[] {
  return stripVTControlCharacters(text)
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => visible((line.replace(/\r+$/, "").split("\r").at(-1) ?? "").replaceAll("\t", "    ")));
}

export function logLines({ title, lines, up }: LogPage, { columns, rows, widthOf }: Size): string[] {
  const room = Math.max(0, rows - 1);
  const end = Math.max(lines.length - up, Math.min(room, lines.length));
  const shown = lines.length === 0 ? ["(nothing yet)"] : lines.slice(Math.max(0, end - room), end);
  return [style.bold(cut(title, columns, widthOf)), ...shown.map((line) => cut(line, columns, widthOf))];
}
