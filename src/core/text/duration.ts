/** Durations as users type them: a bare number is seconds; otherwise a number with ms, s, m, h, d or w. */
import { UsageError } from "../errors.js";

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
type Unit = keyof typeof UNIT_MS;

/** A century: longer than any real duration, and far below where milliseconds stop being exact. */
const MAX_MS = 100 * 365 * UNIT_MS.d;

/** A tiny duration rounds up to 1 ms, because 0 often means "no limit". */
const inMilliseconds = (count: number, unit: Unit) => {
  const ms = count * UNIT_MS[unit];
  return ms > 0 ? Math.max(1, Math.round(ms)) : ms;
};

/**
 * Milliseconds from `90`, `"90"`, `"90s"`, `"1.5h"`, `"500ms"`.
 * @throws UsageError naming `what` if the text is no duration, is negative, or exceeds a century
 */
export function parseDuration(text: string | number, what: string): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|m|h|d|w)?$/.exec(String(text).trim());
  const ms = match ? inMilliseconds(Number(match[1]), (match[2] ?? "s") as Unit) : Number.NaN;
  if (ms <= MAX_MS) return ms;
  throw new UsageError(
    `${what} is ${JSON.stringify(text)}, which is not a duration`,
    "give seconds, or a number with a unit: 500ms, 90s, 5m, 2h, 1d",
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
