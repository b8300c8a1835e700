/** A schedule: a job that is enqueued again and again. What it means to be due, to be late and to have been missed. */
import { UsageError } from "../errors.js";
import type { JobSpec } from "../job/schema.js";
import { newestTicks, nextTick, type Timetable } from "./ticks.js";

/** What becomes of a tick while the schedule's last job has not ended. */
export const OVERLAPS = ["skip", "queue", "allow"] as const;
export type Overlap = (typeof OVERLAPS)[number];

/** Of the ticks that nobody was there for, how many are made up for. */
export const CATCHUPS = ["none", "latest", "all"] as const;
export type Catchup = (typeof CATCHUPS)[number];

/** `manual` is no tick: somebody asked for the job. `refused`: the job could not be enqueued, and the note says why. */
export type TickOutcome = "fired" | "skipped" | "refused" | "manual";

/** What its maker decides. */
export interface ScheduleSpec {
  readonly name: string;
  /** As it was typed. */
  readonly cron: string;
  readonly seconds: boolean;
  readonly zone: string;
  readonly overlap: Overlap;
  readonly catchup: Catchup;
  /** What is enqueued, with an absolute directory. */
  readonly job: JobSpec;
}

export interface Schedule extends ScheduleSpec {
  readonly paused: boolean;
  /** The first tick that has not been dealt with; null: there will be none. */
  readonly nextAt: number | null;
  /** The job that it enqueued last; it may have been deleted. */
  readonly lastJob: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** One moment at which a schedule was due, and what came of it. */
export interface Tick {
  readonly at: number;
  readonly outcome: TickOutcome;
  readonly job: string | null;
  readonly note: string | null;
}

/** A tick that is no older is only late: a supervisor was restarted, or the machine was busy. */
const LATE_MS = 60_000;
const MOST_CAUGHT_UP = 1000;
/** A next tick further away than this from where it should be says that the clock was put back. */
const CLOCK_PUT_BACK_MS = 3 * 3_600_000;

export interface Plan {
  /** To be fired now, oldest first. */
  readonly ticks: readonly number[];
  readonly nextAt: number | null;
  /** They make up for what was missed, one for one: so none may be skipped. */
  readonly mayWait: boolean;
}

/** What is to be done at `now` about a schedule whose first open tick is `nextAt`. */
export function planTicks(timetable: Timetable, catchup: Catchup, nextAt: number, now: number): Plan {
  return {
    ticks: dueTicks(timetable, catchup, nextAt, now),
    nextAt: nextTick(timetable, now),
    mayWait: catchup === "all" && now - nextAt > LATE_MS,
  };
}

function dueTicks(timetable: Timetable, catchup: Catchup, from: number, now: number): readonly number[] {
  if (from > now) return [];
  if (catchup === "all") return newestTicks(timetable, from, now, MOST_CAUGHT_UP);
  const late = newestTicks(timetable, Math.max(from, now - LATE_MS), now, MOST_CAUGHT_UP);
  if (late.length > 0 || catchup === "none") return late;
  return newestTicks(timetable, from, now, 1);
}

/** Whether a schedule that waits for `nextAt` would wait far too long, because it was set by a clock that was ahead. */
export function waitsTooLong(timetable: Timetable, nextAt: number, now: number): boolean {
  const expected = nextTick(timetable, now);
  return expected !== null && nextAt - expected > CLOCK_PUT_BACK_MS;
}

const VALID_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,99}$/;

export function checkScheduleName(name: string): string {
  if (typeof name === "string" && VALID_NAME.test(name)) return name;
  throw new UsageError(
    `the schedule name ${JSON.stringify(name)} is not valid`,
    "a name is 1 to 100 letters, digits and _ . @ + -, and begins with a letter, a digit or _",
  );
}
