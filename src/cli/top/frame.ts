/** The lines of the screen: a pure function of the view and the size of the screen. */

import { humanDuration } from "../../core/text/duration.js";
import { plural } from "../../core/text/plural.js";
import type { Snapshot } from "../../queue/snapshot/snapshot.js";
import type { EndedCounts } from "../../queue/snapshot/throughput.js";
import { asTyped } from "../parse/typed-options.js";
import { stateText, style } from "../terminal/style.js";
import { fittingLines, type Room } from "../terminal/table.js";
import { cut } from "../terminal/width.js";
import { failureColumns, runningColumns, workerColumns } from "./columns.js";
import { helpLines } from "./help-page.js";
import { logLines } from "./log-page.js";
import { selectable, type View } from "./view.js";

/** Number of lines. Infinite: everything is shown, and no key is needed. */
export interface Size extends Room {
  readonly rows: number;
}

const STATES = ["pending", "processing", "completed", "failed", "dead", "cancelled", "blocked"] as const;
const KEYS = "up/down select  l log  c cancel  r retry  ? help  q quit";

/** On a terminal, exactly as many lines as it has rows, none wider than the terminal. */
export function frameLines(view: View, size: Size): string[] {
  if (!Number.isFinite(size.rows)) return [...headLines(view.snapshot, size), ...listLines(view, size, size.rows)];
  const body = bodyLines(view, { ...size, rows: Math.max(0, size.rows - 1) });
  const blank = Array.from({ length: Math.max(0, size.rows - 1 - body.length) }, () => "");
  return [...body, ...blank, footer(view, size)].slice(-size.rows);
}

function bodyLines(view: View, size: Size): string[] {
  const { page, snapshot } = view;
  if (page.kind === "help") return helpLines(size);
  if (page.kind === "log") return logLines(page, size);
  const head = headLines(snapshot, size);
  return [...head, ...listLines(view, size, size.rows - head.length)].slice(0, size.rows);
}

function headLines({ status, last10s, last60s }: Snapshot, size: Size): string[] {
  const { home, jobs, supervisor, pools } = status;
  const more = pools.length > 1 ? `, and ${plural(pools.length - 1, "more pool")}` : "";
  const who = supervisor.running
    ? `supervisor ${supervisor.pid} ${supervisor.state}, up ${humanDuration(supervisor.uptimeMs ?? 0)}${more}`
    : asTyped("no supervisor: queuectl worker start --detach");
  const counts = STATES.filter((state) => jobs[state] > 0 || state !== "blocked").map((state) => ({
    text: `${jobs[state]} ${state}`,
    paint: (text: string) => (jobs[state] > 0 ? stateText(state, text) : style.dim(text)),
  }));
  const plain = (text: string) => ({ text, paint: (shown: string) => shown });
  return [
    pieces([{ text: "queuectl top", paint: style.bold }, plain(home), plain(who)], size),
    pieces(counts, size),
    pieces([plain(rate("10 s", last10s, 10)), plain(rate("1 min", last60s, 60))], size),
  ];
}

function rate(when: string, { completed, failed }: EndedCounts, seconds: number): string {
  return `${when}: ${speed(completed / seconds)}, ${failed} failed`;
}

/** Slow queues count by the minute. */
function speed(perSecond: number): string {
  if (perSecond < 1) return `${Math.round(perSecond * 60)} completed/min`;
  return `${perSecond >= 10 ? Math.round(perSecond) : perSecond.toFixed(1)} completed/s`;
}

interface Piece {
  readonly text: string;
  readonly paint: (text: string) => string;
}

/** Cuts first and paints afterwards: a cut through a colour would leave it on. */
function pieces(all: readonly Piece[], { columns, widthOf }: Size): string {
  let left = columns;
  const shown: string[] = [];
  for (const { text, paint } of all) {
    if (left <= 0) break;
    const kept = cut(text, left, widthOf);
    shown.push(paint(kept));
    left -= widthOf(kept) + 3;
  }
  return shown.join("   ");
}

function listLines(view: View, size: Size, room: number): string[] {
  const { snapshot, selected } = view;
  const { running, failures, status } = snapshot;
  const chosen = Number.isFinite(size.rows) ? selected : null;
  const mark = ({ id }: { id: string }) => (id === chosen ? ">" : " ");
  const known = new Set(selectable(snapshot));
  const failed = failures.filter((job) => known.has(job));
  // An empty line and a title precede each list.
  const [a, b, c] = share([running.length, failed.length, status.workers.length], room - 6);
  const paint = (line: string, { id }: { id: string }) => (id === chosen ? style.inverse(line) : null);
  const part = <Row extends { id: string }>(rows: readonly Row[], count: number) => around(rows, count, chosen);
  return [
    "",
    ...fittingLines(runningColumns(snapshot, mark), part(running, a), size, paint),
    "",
    ...fittingLines(failureColumns(snapshot, mark), part(failed, b), size, paint),
    "",
    ...fittingLines(workerColumns(snapshot), part(status.workers, c), size, () => null),
  ].map((line, i, lines) => (isTitle(lines, i) ? style.bold(line) : line));
}

function isTitle(lines: readonly string[], i: number): boolean {
  return i > 0 && lines[i - 1] === "";
}

/** The rows of each list: as many as it wants, or else shares as equal as possible. */
export function share(wanted: readonly [number, number, number], room: number): [number, number, number] {
  if (!Number.isFinite(room)) return [...wanted];
  const given: [number, number, number] = [0, 0, 0];
  for (let left = Math.max(0, room); left > 0; left--) {
    const next = wanted
      .map((_, i) => i)
      .filter((i) => (given[i] ?? 0) < (wanted[i] ?? 0))
      .sort((i, j) => (given[i] ?? 0) - (given[j] ?? 0))[0];
    if (next === undefined) break;
    given[next as 0 | 1 | 2]++;
  }
  return given;
}

/** `count` rows. Includes the chosen one if the list has it. */
function around<Row extends { id: string }>(
  rows: readonly Row[],
  count: number,
  chosen: string | null,
): readonly Row[] {
  const index = rows.findIndex(({ id }) => id === chosen);
  const from = Math.max(0, index - count + 1);
  return rows.slice(from, from + count);
}

function footer({ page, note }: View, { columns, widthOf }: Size): string {
  if (page.kind === "sure") return style.bold(cut(`Cancel job ${page.id}? (y/n)`, columns, widthOf));
  if (page.kind === "log") return style.dim(cut("up/down, pgup/pgdn, g/G scroll  q back", columns, widthOf));
  if (page.kind === "help") return style.dim(cut("any key: back", columns, widthOf));
  return note === "" ? style.dim(cut(KEYS, columns, widthOf)) : style.bold(cut(note, columns, widthOf));
}
