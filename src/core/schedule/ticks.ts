/**
 * The moments at which a schedule is due. Clocks that are put forward or back make this a question:
 *
 * - A schedule with fixed hours (`30 2 * * *`) goes by the clock: each of its times comes once a day. If the clock
 *   skips a time, the tick comes right after the gap; several skipped times are one tick. If the clock shows a time
 *   twice, the first one counts.
 * - A schedule whose hour begins with `*` goes by elapsed time: it is due whenever the clock shows its pattern. A
 *   repeated hour is an hour like any other; skipped times do not come.
 */
import { type CronExpression, compile } from "./cron.js";
import { nextChange, type PosixZone, posixOffset } from "./posix-zone.js";
import { firstInstant, posixZoneOf, wallTime } from "./zone.js";

export interface Timetable extends CronExpression {
  readonly zone: string;
}

/** The first tick after `after`. Null: there will be none. */
export function nextTick(timetable: Timetable, after: number): number | null {
  for (const tick of ticksAfter(timetable, after)) return tick;
  return null;
}

/** Ticks in order, without duplicates; `from` and `to` are included. */
export function ticksBetween(timetable: Timetable, from: number, to: number): number[] {
  const ticks: number[] = [];
  for (const tick of ticksAfter(timetable, from - 1)) {
    if (tick > to) break;
    ticks.push(tick);
  }
  return ticks;
}

const FIRST_WINDOW_MS = 60_000;

/** The newest ticks in the range, at most `limit`. Does not walk the whole range, however long ago `from` is. */
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
    const posix = posixZoneOf(zone);
    yield* posix === null ? runs(pattern, { timezone: zone }, after) : elapsedRuns(pattern, posix, after);
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

/** Between two changes of the clock, it runs as a clock without summer time. */
function* elapsedRuns(pattern: string, zone: PosixZone, after: number): Generator<number> {
  for (let from = after; ; ) {
    const change = nextChange(zone, from + 1);
    const offset = posixOffset(zone, from + 1);
    for (const wall of runs(pattern, { utcOffset: 0 }, from + offset)) {
      if (wall - offset >= change) break;
      yield wall - offset;
    }
    if (change === Number.POSITIVE_INFINITY) return;
    from = change - 1;
  }
}

function* runs(pattern: string, zone: Parameters<typeof compile>[1], after: number): Generator<number> {
  const cron = compile(pattern, zone);
  // Croner knows whole seconds, so a tick inside the second that has begun is not a future one.
  for (let at = cron.nextRun(new Date(after)); at !== null; at = cron.nextRun(at)) yield at.getTime();
}
