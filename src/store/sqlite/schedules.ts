/**
 * Schedules. Firing is one transaction: it moves the schedule on, if that is still where the caller saw it, enqueues the jobs
 * and records the ticks. So of many supervisors one does it, and a crash leaves all of it or nothing.
 */

import { failpoint } from "../../core/failpoint.js";
import type { Schedule, Tick } from "../../core/schedule.js";
import { isTerminal } from "../../core/state.js";
import { JobConflictError, QueueFullError, ScheduleExistsError } from "../conflict.js";
import type { Firing, ScheduleStore } from "../schedule-store.js";
import type { Edge, NewJob } from "../store.js";
import { type Connection, type Writing, write } from "./connection.js";
import { insertWithin } from "./insert.js";
import { jobById } from "./jobs-sql.js";
import { inPieces } from "./new-jobs.js";
import * as sql from "./schedules-sql.js";

/** Of each schedule: what `show` may want, and what a clock that is put back a little might bring again. */
const KEPT_TICKS = 100;

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

    async fire(schedule, firing) {
      try {
        return await write(connection, (writing) => fire(writing, schedule, firing));
      } catch (error) {
        if (!(error instanceof JobConflictError || error instanceof QueueFullError)) throw error;
        return await write(connection, (writing) => fire(writing, schedule, firing, error.message));
      }
    },

    run: (name, job) => write(connection, (writing) => run(writing, name, job)),
  };
}

/** `refusal`: why no job can be enqueued. */
async function fire({ db, now }: Writing, schedule: Schedule, firing: Firing, refusal?: string): Promise<Tick[]> {
  const { name, nextAt: from, updatedAt } = schedule;
  if ((await sql.moveOn.run(db, { name, from, updatedAt, nextAt: firing.nextAt })) === 0) return [];
  const ticks = await newOnes({ db, now }, name, firing);
  const waits = schedule.overlap === "queue" || (firing.mayWait && schedule.overlap === "skip");
  const jobs: NewJob[] = [];
  const edges: Edge[] = [];
  const recorded: Tick[] = [];
  let previous = await unfinishedJob({ db, now }, name);
  for (const { at, job } of ticks) {
    if (refusal !== undefined) recorded.push({ at, outcome: "refused", job: null, note: refusal });
    else if (previous !== null && schedule.overlap === "skip" && !waits)
      recorded.push({ at, outcome: "skipped", job: null, note: `job ${previous} had not ended` });
    else {
      if (previous !== null && waits) edges.push(after(job.id, previous, jobs.length));
      jobs.push(job);
      recorded.push({ at, outcome: "fired", job: job.id, note: null });
      previous = job.id;
    }
  }
  return record({ db, now }, name, recorded, jobs, edges);
}

async function run({ db, now }: Writing, name: string, job: NewJob): Promise<Tick | null> {
  const row = await sql.scheduleByName.first(db, { name });
  if (row === undefined) return null;
  const previous = row.overlap === "queue" ? await unfinishedJob({ db, now }, name) : null;
  const taken = new Set((await sql.tickTimesFrom.all(db, { name, from: now })).map(({ tick_at }) => tick_at));
  let at = now;
  while (taken.has(at)) at++;
  const edges = previous === null ? [] : [after(job.id, previous, 0)];
  const [tick] = await record({ db, now }, name, [{ at, outcome: "manual", job: job.id, note: null }], [job], edges);
  return tick as Tick;
}

/** Without the ticks that were dealt with before the clock was put back. */
async function newOnes({ db }: Writing, name: string, { ticks }: Firing): Promise<Firing["ticks"]> {
  const from = ticks[0]?.at;
  if (from === undefined) return ticks;
  const known = new Set((await sql.tickTimesFrom.all(db, { name, from })).map(({ tick_at }) => tick_at));
  return ticks.filter(({ at }) => !known.has(at));
}

async function record(
  writing: Writing,
  name: string,
  ticks: readonly Tick[],
  jobs: readonly NewJob[],
  edges: readonly Edge[],
): Promise<Tick[]> {
  const { db } = writing;
  const { skipped } = await insertWithin(writing, inPieces(jobs), jobs.length, edges);
  failpoint("mid-firing");
  const recorded = ticks.map((tick) => {
    const holder = tick.job === null ? undefined : skipped.get(tick.job);
    if (holder === undefined) return tick;
    return { ...tick, outcome: "refused", job: null, note: `job ${holder} has the unique key` } as const;
  });
  for (const tick of recorded) await sql.recordTick.run(db, { name, ...tick });
  const last = recorded.findLast(({ job }) => job !== null)?.job;
  if (last) await sql.setLastJob.run(db, { name, job: last });
  await sql.forgetOldTicks.run(db, { name, kept: KEPT_TICKS });
  return recorded;
}

/** The id of the job that the schedule enqueued last, unless that has ended or is gone. */
async function unfinishedJob({ db }: Writing, name: string): Promise<string | null> {
  const id = (await sql.scheduleByName.first(db, { name }))?.last_job;
  const job = id && (await jobById.first(db, { id }));
  return job && !isTerminal(job.state) ? job.id : null;
}

function after(child: string, parent: string, position: number): Edge {
  return { child, parent, when: "any", position };
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
