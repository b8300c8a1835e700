/**
 * Keeps and fires schedules. Firing is one transaction: if the schedule has not changed since the caller read it, it
 * moves on, the jobs are enqueued and the ticks recorded. So of several supervisors only one fires it, and a crash
 * leaves all of it or nothing.
 */

import type { Schedule, Tick } from "../../core/schedule/schedule.js";
import { failpoint } from "../../system/failpoint.js";
import type { Firing, ScheduleStore } from "../contract/schedule-store.js";
import type { Edge, NewJob } from "../contract/store.js";
import { JobConflictError, QueueFullError, ScheduleExistsError } from "../errors.js";
import { type Connection, nested, type Writing } from "./connection.js";
import { insertWithin } from "./jobs/insert.js";
import type { ScheduleRow, TickRow } from "./statements/schedules.js";
import type { Work } from "./work.js";

/**
 * Ticks kept for each schedule: enough for `show`, for ticks that recur when the clock is put back a little, and for
 * unfinished jobs.
 */
const KEPT_TICKS = 1000;

export function scheduleStore(connection: Connection): ScheduleStore {
  const { clock } = connection;
  const sql = connection.sql.schedules;
  const get = async (name: string): Promise<Schedule | null> => {
    const row = await connection.run(sql.byName.first({ name }));
    return row === undefined ? null : toSchedule(row);
  };
  return {
    get,

    async add(spec, nextAt, { replace = false } = {}) {
      const { name, cron, zone, overlap, catchup } = spec;
      await connection.write(function* ({ now }) {
        const job = JSON.stringify(spec.job);
        const values = { name, cron, seconds: spec.seconds, zone, overlap, catchup, job, nextAt, now };
        if ((yield* sql.add.run(values)) > 0) return;
        if (!replace) throw new ScheduleExistsError(name);
        yield* sql.replace.run(values);
      });
      return (await get(name)) as Schedule;
    },

    async list() {
      return (await connection.run(sql.all.all({}))).map(toSchedule);
    },

    async ticks(name, limit) {
      return (await connection.run(sql.newestTicks.all({ name, limit }))).map(toTick);
    },

    async remove(name) {
      return (await connection.write(() => sql.remove.run({ name }))) > 0;
    },

    async pause(name) {
      await connection.write(({ now }) => sql.pause.run({ name, now }));
      return get(name);
    },

    async resume(name, nextAt) {
      await connection.write(({ now }) => sql.resume.run({ name, nextAt, now }));
      return get(name);
    },

    async due() {
      return (await connection.run(sql.due.all({ now: clock.now() }))).map(toSchedule);
    },

    async nextDue() {
      const row = await connection.run(sql.nextDue.first({}));
      return row === undefined ? null : toSchedule(row);
    },

    fire: (schedule, firing) => connection.write((writing) => fire(writing, schedule, firing)),

    run: (name, job) => connection.write((writing) => run(writing, name, job)),
  };
}

function* fire(writing: Writing, schedule: Schedule, firing: Firing): Work<Tick[]> {
  const { name, nextAt: from, updatedAt } = schedule;
  const sql = writing.sql.schedules;
  if ((yield* sql.moveOn.run({ name, from, updatedAt, nextAt: firing.nextAt })) === 0) return [];
  const waits = schedule.overlap === "queue" || (firing.mayWait && schedule.overlap === "skip");
  const recorded: Tick[] = [];
  let previous = yield* unfinishedJob(writing, name);
  for (const { at, job } of yield* newOnes(writing, name, firing)) {
    const skips = previous !== null && schedule.overlap === "skip" && !waits;
    const tick: Tick = skips
      ? { at, outcome: "skipped", job: null, note: `job ${previous} had not ended` }
      : yield* enqueue(writing, at, job, waits ? previous : null);
    yield* sql.recordTick.run({ name, ...tick });
    recorded.push(tick);
    previous = tick.job ?? previous;
  }
  yield* tidy(writing, name, recorded);
  return recorded;
}

function* run(writing: Writing, name: string, job: NewJob): Work<Tick | null> {
  const { now } = writing;
  const sql = writing.sql.schedules;
  const row = yield* sql.byName.first({ name });
  if (row === undefined) return null;
  const taken = new Set((yield* sql.tickTimesFrom.all({ name, from: now })).map(({ tick_at }) => tick_at));
  let at = now;
  // Ticks come at whole seconds. A future one must find its time free.
  while (taken.has(at) || at % 1000 === 0) at++;
  const previous = row.overlap === "queue" ? yield* unfinishedJob(writing, name) : null;
  const holder = yield* insert(writing, job, previous);
  const tick: Tick = holder === undefined ? { at, outcome: "manual", job: job.id, note: null } : keyTaken(at, holder);
  yield* sql.recordTick.run({ name, ...tick });
  yield* tidy(writing, name, [tick]);
  return tick;
}

/** Leaves out ticks that were recorded before the clock was put back. */
function* newOnes({ sql }: Writing, name: string, { ticks }: Firing): Work<Firing["ticks"]> {
  const from = ticks[0]?.at;
  if (from === undefined) return ticks;
  const known = new Set((yield* sql.schedules.tickTimesFrom.all({ name, from })).map(({ tick_at }) => tick_at));
  return ticks.filter(({ at }) => !known.has(at));
}

/** If the job of a tick cannot be enqueued, only the reason is recorded, and the later ticks have their turn. */
function* enqueue(writing: Writing, at: number, job: NewJob, previous: string | null): Work<Tick> {
  try {
    const holder = yield* nested(writing, () => insert(writing, job, previous));
    failpoint("mid-firing");
    return holder === undefined ? { at, outcome: "fired", job: job.id, note: null } : keyTaken(at, holder);
  } catch (error) {
    if (!(error instanceof JobConflictError || error instanceof QueueFullError)) throw error;
    return { at, outcome: "refused", job: null, note: error.message };
  }
}

/**
 * Results in the job that holds its unique key, if it is skipped for that.
 * @param previous job that it waits for, however that one ends
 */
function* insert(writing: Writing, job: NewJob, previous: string | null): Work<string | undefined> {
  const edges: Edge[] = previous === null ? [] : [{ child: job.id, parent: previous, when: "any", position: 0 }];
  return (yield* insertWithin(writing, writing.sql.insert.chunks([job]), 1, edges)).skipped[0]?.holder;
}

function keyTaken(at: number, holder: string): Tick {
  return { at, outcome: "refused", job: null, note: `job ${holder} has the unique key` };
}

function* tidy({ sql }: Writing, name: string, ticks: readonly Tick[]): Work<void> {
  const last = ticks.findLast(({ job }) => job !== null)?.job;
  if (last) yield* sql.schedules.setLastJob.run({ name, job: last });
  yield* sql.schedules.forgetOldTicks.run({ name, kept: KEPT_TICKS });
}

/** The newest of its jobs that has not ended. Earlier jobs have ended, or this one waits for them. */
function* unfinishedJob({ sql }: Writing, name: string): Work<string | null> {
  return (yield* sql.schedules.newestUnfinished.first({ name }))?.id ?? null;
}

function toSchedule(row: ScheduleRow): Schedule {
  return {
    name: row.name,
    cron: row.cron,
    seconds: Boolean(row.seconds),
    zone: row.zone,
    overlap: row.overlap,
    catchup: row.catchup,
    job: JSON.parse(row.job),
    paused: Boolean(row.paused),
    nextAt: row.next_at,
    lastJob: row.last_job,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toTick({ tick_at: at, outcome, job_id: job, note }: TickRow): Tick {
  return { at, outcome, job, note };
}
