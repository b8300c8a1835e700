/** Durations as users type them: a bare number is seconds; otherwise numbers with w, d, h, m, s or ms, in this order. */
import { UsageError } from "../errors.js";

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const ORDER = ["w", "d", "h", "m", "s", "ms"] as const;
const NUMBER = "(\\d+(?:\\.\\d+)?|\\.\\d+)\\s*";
const SECONDS = new RegExp(`^${NUMBER}$`);
const UNITS = new RegExp(`^${ORDER.map((unit) => `(?:${NUMBER}${unit}\\s*)?`).join("")}$`);

/** A century: longer than any real duration, and far below where milliseconds stop being exact. */
const MAX_MS = 100 * 365 * UNIT_MS.d;

/** A tiny duration rounds up to 1 ms, because 0 often means "no limit". */
const rounded = (ms: number) => (ms > 0 ? Math.max(1, Math.round(ms)) : ms);

/** NaN: the text is no duration. */
function inMilliseconds(text: string): number {
  const seconds = SECONDS.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds) * UNIT_MS.s;
  const counts = text === "" ? null : UNITS.exec(text);
  if (counts === null) return Number.NaN;
  return ORDER.reduce((sum, unit, i) => sum + Number(counts[i + 1] ?? 0) * UNIT_MS[unit], 0);
}

/**
 * Milliseconds from `90`, `"90"`, `"90s"`, `"1.5h"`, `"1h30m"`, `"500ms"`.
 * @throws UsageError naming `what` if the text is no duration, is negative, or exceeds a century
 */
export function parseDuration(text: string | number, what: string): number {
  const ms = rounded(inMilliseconds(String(text).trim()));
  if (ms <= MAX_MS) return ms;
  throw new UsageError(
    `${what} is ${JSON.stringify(text)}, which is not a duration`,
    "give seconds, or a number with a unit: 500ms, 90s, 5m, 1h30m, 1d",
  );
}

/** The shortest exact form that {@link parseDuration} reads back: `90s`, `1h`, `1500ms`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0s";
  for (const unit of ["d", "h", "m", "s"] as const) if (ms % UNIT_MS[unit] === 0) return `${ms / UNIT_MS[unit]}${unit}`;
  return `${ms}ms`;
}

/** For a reader, with two units at most: `3d 4h`, `5m 2s`, `12s`, `0.8s`, `40ms`. */
export function humanDuration(ms: number): string {
  if (ms < 100) return `${Math.round(ms)}ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)}s`;
  const s = Math.round(ms / 1000);
  const parts = [
    [Math.floor(s / 86_400), "d"],
    [Math.floor(s / 3600) % 24, "h"],
    [Math.floor(s / 60) % 60, "m"],
    [s % 60, "s"],
  ] as const;
  const first = parts.findIndex(([n]) => n > 0);
  return parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n}${unit}`)
    .join(" ");
}
