/** Points in time as users type them: RFC 3339, or `YYYY-MM-DD HH:MM[:SS]` in local time. */
import { UsageError } from "../errors.js";

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)([Zz]|[+-]\d{2}:\d{2})$/;
const LOCAL = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2})?)$/;

/**
 * Milliseconds since the epoch.
 * @throws UsageError naming `what` if the text is no time, or no day of the calendar (31 February)
 */
export function parseTime(text: string, what: string): number {
  const trimmed = text.trim();
  const match = RFC_3339.exec(trimmed) ?? LOCAL.exec(trimmed);
  const ms = match ? Date.parse(`${match[1]}T${match[2]}${(match[3] ?? "").toUpperCase()}`) : Number.NaN;
  if (match && !Number.isNaN(ms) && isCalendarDay(match[1] ?? "")) return ms;
  throw new UsageError(
    `${what} is ${JSON.stringify(text)}, which is not a time`,
    "give RFC 3339 (2030-01-31T08:00:00Z), or local time: 2030-01-31 08:00",
  );
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** To the second, as {@link parseTime} reads it back. */
export function localTime(ms: number): string {
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 19).replace("T", " ");
}

/** `Date.parse` silently turns 31 February into 3 March. */
function isCalendarDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
