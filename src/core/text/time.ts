/** Points in time as users type them: RFC 3339, or `YYYY-MM-DD HH:MM[:SS]` in local time. */
import { UsageError } from "../errors.js";
import { localWall, localZone } from "../schedule/local-zone.js";
import { firstInstant } from "../schedule/zone.js";

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)([Zz]|[+-]\d{2}:\d{2})$/;
const LOCAL = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2})?)$/;

/**
 * Milliseconds since the epoch.
 * @throws UnusableError if it is local time, and TZ names no zone
 * @throws UsageError naming `what` if the text is no time, or no day of the calendar (31 February)
 */
export function parseTime(text: string, what: string): number {
  const trimmed = text.trim();
  const [, day = "", time, zone] = RFC_3339.exec(trimmed) ?? LOCAL.exec(trimmed) ?? [];
  const ms = Date.parse(`${day}T${time}${zone?.toUpperCase() ?? "Z"}`);
  if (!Number.isNaN(ms) && isCalendarDay(day)) return zone === undefined ? firstInstant(ms, localZone()) : ms;
  throw new UsageError(
    `${what} is ${JSON.stringify(text)}, which is not a time`,
    "give RFC 3339 (2030-01-31T08:00:00Z), or local time: 2030-01-31 08:00",
  );
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** To the second, as {@link parseTime} reads it back. @throws UnusableError if TZ names no zone */
export function localTime(ms: number): string {
  return new Date(localWall(ms)).toISOString().slice(0, 19).replace("T", " ");
}

/** `Date.parse` silently turns 31 February into 3 March. */
function isCalendarDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
