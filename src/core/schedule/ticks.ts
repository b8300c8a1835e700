/**
 * The moments at which a schedule is due. Clocks that are put forward or back make this a question:
 *
 * - A schedule that names its hours (`30 2 * * *`) goes by the clock: every time that it names comes once a day. One that the
 *   clocks leave out comes when they have left it out; several of those are one tick. One that they show twice comes the
 *   first time.
 * - A schedule whose hour begins with `*` goes by the time that passes: it is due whenever the clocks show what it
 *   says. An hour that comes twice is an hour like any other; times that are left out do not come.
 */
import { type CronExpression, compile } from "./cron.js";
import { firstInstant, wallTime } from "./zone.js";

export interface Timetable extends CronExpression {
  readonly zone: string;
}

/** The first tick after `after`; null: there will be none. */
export function nextTick(timetable: Timetable, after: number): number | null {
  for (const tick of ticksAfter(timetable, after)) return tick;
  return null;
}

/** Each once, in order; `from` and `to` belong to it. */
export function ticksBetween(timetable: Timetable, from: number, to: number): number[] {
  const ticks: number[] = [];
  for (const tick of ticksAfter(timetable, from - 1)) {
    if (tick > to) break;
    ticks.push(tick);
  }
  return ticks;
}

const FIRST_WINDOW_MS = 60_000;

/** Of the ticks between, the newest, at most `limit`. However long ago `from` is, it does not go through all of them. */
export function newestTicks(timetable: Timetable, from: number, to: number, limit: number): number[] {
  for (let window = FIRST_WINDOW_MS; ; window *= 4) {
    const start = Math.max(from, to - window);
    const ticks = ticksBetween(timetable, start, to);
    if (ticks.length >= limit || start === from) return ticks.slice(-limit);
  }
}

/** Endless, as a rule. */
export function* ticksAfter({ pattern, everyHour, zone }: Timetable, after: number): Generator<number> {
  if (everyHour) {
    yield* runs(pattern, { timezone: zone }, after);
    return;
  }
  let last = after;
  for (const wall of runs(pattern, { utcOffset: 0 }, wallTime(after, zone))) {
    const tick = firstInstant(wall, zone);
    if (tick <= last) continue;
    yield tick;
    last = tick;
  }
}

function* runs(pattern: string, zone: Parameters<typeof compile>[1], after: number): Generator<number> {
  const cron = compile(pattern, zone);
  // Whole seconds: a moment within one that has begun is not one that is to come.
  for (let at = cron.nextRun(new Date(after)); at !== null; at = cron.nextRun(at)) yield at.getTime();
}
