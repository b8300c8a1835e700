/**
 * Schedules. Firing is one transaction: it moves the schedule on, if that is still where the caller saw it, enqueues the jobs
 * and records the ticks. So of many supervisors one does it, and a crash leaves all of it or nothing.
 */

import type { Schedule, Tick } from "../../core/schedule/schedule.js";
import { failpoint } from "../../system/failpoint.js";
import type { Firing, ScheduleStore } from "../contract/schedule-store.js";
import type { Edge, NewJob } from "../contract/store.js";
import { JobConflictError, QueueFullError, ScheduleExistsError } from "../errors.js";
import { type Connection, nested, type Writing, write } from "../sqlite/connection.js";
import { inChunks } from "../sqlite/new-jobs.js";
import * as sql from "../sqlite/statements/schedules-sql.js";
import { insertWithin } from "./jobs/insert.js";

/** Of each schedule: what `show` may want, what a clock that is put back a little might bring again, and whose jobs still wait. */
const KEPT_TICKS = 1000;

export function scheduleStore(connection: Connection): ScheduleStore {
  const { db, clock } = connection;
  const get = async (name: string): Promise<Schedule | null> => {
    const row = await sql.scheduleByName.first(db, { name });
    return row === undefined ? null : toSchedule(row);
  };
  return {
    get,

    async add(spec, nextAt, { replace = false } = {}) {
      const { name, cron, zone, overlap, catchup } = spec;
      await write(connection, async ({ db, now }) => {
        const job = JSON.stringify(spec.job);
        const values = { name, cron, seconds: Number(spec.seconds), zone, overlap, catchup, job, nextAt, now };
        if ((await sql.addSchedule.run(db, values)) > 0) return;
        if (!replace) throw new ScheduleExistsError(name);
        await sql.replaceSchedule.run(db, values);
      });
      return (await get(name)) as Schedule;
    },

    async list() {
      return (await sql.allSchedules.all(db, {})).map(toSchedule);
    },

    async ticks(name, limit) {
      return (await sql.newestTicks.all(db, { name, limit })).map(toTick);
    },

    async remove(name) {
      return (await write(connection, ({ db }) => sql.removeSchedule.run(db, { name }))) > 0;
    },

    async pause(name) {
      await write(connection, ({ db, now }) => sql.pauseSchedule.run(db, { name, now }));
      return get(name);
    },

    async resume(name, nextAt) {
      await write(connection, ({ db, now }) => sql.resumeSchedule.run(db, { name, nextAt, now }));
      return get(name);
    },

    async due() {
      return (await sql.dueSchedules.all(db, { now: clock.now() })).map(toSchedule);
    },

    async nextDue() {
      const row = await sql.nextDue.first(db, {});
      return row === undefined ? null : toSchedule(row);
    },

    fire: (schedule, firing) => write(connection, (writing) => fire(writing, schedule, firing)),

    run: (name, job) => write(connection, (writing) => run(writing, name, job)),
  };
}

async function fire(writing: Writing, schedule: Schedule, firing: Firing): Promise<Tick[]> {
  const { name, nextAt: from, updatedAt } = schedule;
  if ((await sql.moveOn.run(writing.db, { name, from, updatedAt, nextAt: firing.nextAt })) === 0) return [];
  const waits = schedule.overlap === "queue" || (firing.mayWait && schedule.overlap === "skip");
  const recorded: Tick[] = [];
  let previous = await unfinishedJob(writing, name);
  for (const { at, job } of await newOnes(writing, name, firing)) {
    const skips = previous !== null && schedule.overlap === "skip" && !waits;
    const tick: Tick = skips
      ? { at, outcome: "skipped", job: null, note: `job ${previous} had not ended` }
      : await enqueue(writing, at, job, waits ? previous : null);
    await sql.recordTick.run(writing.db, { name, ...tick });
    recorded.push(tick);
    previous = tick.job ?? previous;
  }
  await tidy(writing, name, recorded);
  return recorded;
}

async function run(writing: Writing, name: string, job: NewJob): Promise<Tick | null> {
  const { db, now } = writing;
  const row = await sql.scheduleByName.first(db, { name });
  if (row === undefined) return null;
  const taken = new Set((await sql.tickTimesFrom.all(db, { name, from: now })).map(({ tick_at }) => tick_at));
  let at = now;
  // Ticks come at whole seconds: one that is still to be fired must not find its place taken.
  while (taken.has(at) || at % 1000 === 0) at++;
  const previous = row.overlap === "queue" ? await unfinishedJob(writing, name) : null;
  const holder = await insert(writing, job, previous);
  const tick: Tick = holder === undefined ? { at, outcome: "manual", job: job.id, note: null } : keyTaken(at, holder);
  await sql.recordTick.run(db, { name, ...tick });
  await tidy(writing, name, [tick]);
  return tick;
}

/** Without the ticks that were dealt with before the clock was put back. */
async function newOnes({ db }: Writing, name: string, { ticks }: Firing): Promise<Firing["ticks"]> {
  const from = ticks[0]?.at;
  if (from === undefined) return ticks;
  const known = new Set((await sql.tickTimesFrom.all(db, { name, from })).map(({ tick_at }) => tick_at));
  return ticks.filter(({ at }) => !known.has(at));
}

/** A tick whose job cannot be enqueued leaves nothing behind but the reason, and the ticks after it have their turn. */
async function enqueue(writing: Writing, at: number, job: NewJob, previous: string | null): Promise<Tick> {
  try {
    const holder = await nested(writing, () => insert(writing, job, previous));
    failpoint("mid-firing");
    return holder === undefined ? { at, outcome: "fired", job: job.id, note: null } : keyTaken(at, holder);
  } catch (error) {
    if (!(error instanceof JobConflictError || error instanceof QueueFullError)) throw error;
    return { at, outcome: "refused", job: null, note: error.message };
  }
}

/**
 * Resolves to the job that has its unique key, if it is left out for that.
 * @param previous the job that it waits for, however that ends
 */
async function insert(writing: Writing, job: NewJob, previous: string | null): Promise<string | undefined> {
  const edges: Edge[] = previous === null ? [] : [{ child: job.id, parent: previous, when: "any", position: 0 }];
  return (await insertWithin(writing, inChunks([job]), 1, edges)).skipped[0]?.holder;
}

function keyTaken(at: number, holder: string): Tick {
  return { at, outcome: "refused", job: null, note: `job ${holder} has the unique key` };
}

async function tidy({ db }: Writing, name: string, ticks: readonly Tick[]): Promise<void> {
  const last = ticks.findLast(({ job }) => job !== null)?.job;
  if (last) await sql.setLastJob.run(db, { name, job: last });
  await sql.forgetOldTicks.run(db, { name, kept: KEPT_TICKS });
}

/** The newest of its jobs that has not ended. Those before it have, or it waits for them. */
async function unfinishedJob({ db }: Writing, name: string): Promise<string | null> {
  return (await sql.newestUnfinished.first(db, { name }))?.id ?? null;
}

function toSchedule(row: sql.ScheduleRow): Schedule {
  return {
    name: row.name,
    cron: row.cron,
    seconds: row.seconds === 1,
    zone: row.zone,
    overlap: row.overlap,
    catchup: row.catchup,
    job: JSON.parse(row.job),
    paused: row.paused === 1,
    nextAt: row.next_at,
    lastJob: row.last_job,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toTick({ tick_at: at, outcome, job_id: job, note }: sql.TickRow): Tick {
  return { at, outcome, job, note };
}
