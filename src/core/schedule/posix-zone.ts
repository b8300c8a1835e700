/**
 * Time zones in the notation of POSIX: `CET-1CEST,M3.5.0,M10.5.0/3` is an hour before UTC (the sign is the other way
 * round there), with summer time from the last Sunday of March to the last Sunday of October at 3. Small systems have
 * no names of zones and use this. Summer time without a rule is not read, since systems differ in what it means.
 */

const DAY_MS = 86_400_000;

/** Offsets from UTC in milliseconds: what a clock shows minus UTC. */
export interface PosixZone {
  readonly standard: number;
  readonly summer: { readonly offset: number; readonly start: Rule; readonly end: Rule } | null;
}

/** Milliseconds from the beginning of a year to a change, on the clock that is changed. */
type Rule = (year: number) => number;

const NAME = "(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)";
const TIME = "[+-]?\\d{1,3}(?::\\d{2}){0,2}";
const DATE = "M\\d{1,2}\\.\\d\\.\\d|J?\\d{1,3}";
const CHANGE = `,(${DATE})(?:/(${TIME}))?`;
const ZONE = new RegExp(`^${NAME}(${TIME})(?:${NAME}(${TIME})?${CHANGE}${CHANGE})?$`);

/** Null: the text is no zone in this notation. */
export function readPosixZone(text: string): PosixZone | null {
  const match = ZONE.exec(text);
  if (match === null) return null;
  const [, west = "", summerWest, start, startTime, end, endTime] = match;
  const standard = 0 - milliseconds(west);
  if (start === undefined || end === undefined) return isOffset(standard) ? { standard, summer: null } : null;
  const offset = summerWest === undefined ? standard + milliseconds("1") : 0 - milliseconds(summerWest);
  const rules = [readRule(start, startTime), readRule(end, endTime)] as const;
  if (!isOffset(standard) || !isOffset(offset) || rules[0] === null || rules[1] === null) return null;
  return { standard, summer: { offset, start: rules[0], end: rules[1] } };
}

/** At a moment in milliseconds since the epoch. */
export function posixOffset({ standard, summer }: PosixZone, ms: number): number {
  if (summer === null) return standard;
  const [start, end] = changesOf(standard, summer, yearOf(ms + standard));
  const isSummer = start < end ? ms >= start && ms < end : ms >= start || ms < end;
  return isSummer ? summer.offset : standard;
}

/** The first moment after `ms` at which the clock is changed. Infinite: it never is. */
export function nextChange({ standard, summer }: PosixZone, ms: number): number {
  if (summer === null) return Number.POSITIVE_INFINITY;
  const year = yearOf(ms + standard);
  const changes = [year, year + 1].flatMap((y) => changesOf(standard, summer, y));
  return Math.min(...changes.filter((at) => at > ms));
}

function changesOf(standard: number, summer: NonNullable<PosixZone["summer"]>, year: number): [number, number] {
  const newYear = Date.UTC(year, 0, 1);
  return [newYear + summer.start(year) - standard, newYear + summer.end(year) - summer.offset];
}

function readRule(date: string, time = "2"): Rule | null {
  const at = milliseconds(time);
  if (date.startsWith("M")) {
    const [month = 0, week = 0, weekday = 7] = date.slice(1).split(".").map(Number);
    if (month < 1 || month > 12 || week < 1 || week > 5 || weekday > 6) return null;
    return (year) => dayOfMonthRule(year, month - 1, week, weekday) + at;
  }
  const day = Number(date.replace("J", ""));
  if (!date.startsWith("J")) return day <= 365 ? () => day * DAY_MS + at : null;
  // 29 February is not counted.
  return day >= 1 && day <= 365 ? (year) => (day - (isLeap(year) && day >= 60 ? 0 : 1)) * DAY_MS + at : null;
}

/** @param week 5: the last of the month */
function dayOfMonthRule(year: number, month: number, week: number, weekday: number): number {
  const first = new Date(Date.UTC(year, month, 1));
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = 1 + ((weekday - first.getUTCDay() + 7) % 7) + (week - 1) * 7;
  return Date.UTC(year, month, day > days ? day - 7 : day) - Date.UTC(year, 0, 1);
}

function isLeap(year: number): boolean {
  return new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
}

function yearOf(wall: number): number {
  return new Date(wall).getUTCFullYear();
}

/** From hours, minutes and seconds: `2`, `-5:30`. */
function milliseconds(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, "").split(":").map(Number);
  return (text.startsWith("-") ? -1000 : 1000) * (hours * 3600 + minutes * 60 + seconds);
}

/** POSIX allows up to 24 hours. */
function isOffset(ms: number): boolean {
  return Math.abs(ms) <= DAY_MS;
}
