/** A schedule: a job that is enqueued again and again. Decides which ticks are due, late or missed. */
import { UsageError } from "../errors.js";
import type { JobSpecJson } from "../job/schema.js";
import { newestTicks, nextTick, type Timetable } from "./ticks.js";

/** What to do with a tick while the schedule's last job has not ended. */
export const OVERLAPS = ["skip", "queue", "allow"] as const;
export type Overlap = (typeof OVERLAPS)[number];

/** Which missed ticks are made up for. */
export const CATCHUPS = ["none", "latest", "all"] as const;
export type Catchup = (typeof CATCHUPS)[number];

/**
 * `manual`: a user asked for the job; there was no tick. `refused`: the job could not be enqueued; the note says why.
 */
export type TickOutcome = "fired" | "skipped" | "refused" | "manual";

/** The part of a schedule that its user writes. */
export interface ScheduleSpec {
  readonly name: string;
  /** As typed. */
  readonly cron: string;
  readonly seconds: boolean;
  readonly zone: string;
  readonly overlap: Overlap;
  readonly catchup: Catchup;
  /** The job to enqueue, with an absolute directory. */
  readonly job: JobSpecJson;
}

export interface Schedule extends ScheduleSpec {
  readonly paused: boolean;
  /** First tick that is still open. Null: there will be none. */
  readonly nextAt: number | null;
  /** Job that the schedule enqueued last; it may have been deleted. */
  readonly lastJob: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** One due moment of a schedule, and its outcome. */
export interface Tick {
  readonly at: number;
  readonly outcome: TickOutcome;
  readonly job: string | null;
  readonly note: string | null;
}

/** A younger tick is late but not missed: a supervisor was restarted, or the machine was busy. */
const LATE_MS = 60_000;
const MOST_CAUGHT_UP = 1000;
/** If the next tick lies this much further away than it should, the clock was put back. */
const CLOCK_PUT_BACK_MS = 3 * 3_600_000;

export interface Plan {
  /** Ticks to fire now, oldest first. */
  readonly ticks: readonly number[];
  readonly nextAt: number | null;
  /** Whether the ticks make up for missed ones, one for one. Then none may be skipped. */
  readonly mayWait: boolean;
}

/** The plan at `now` for a schedule whose first open tick is `nextAt`. */
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

/** Whether the schedule waits far too long for `nextAt`, because a clock that was ahead had set it. */
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
