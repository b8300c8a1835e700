/**
 * Schedules, their times and their jobs: the common base of `Schedules` and the supervisor. It interprets the text of a
 * schedule; the store keeps it. The parser of cron expressions is slow to load, and short commands do without it.
 */
import { UsageError } from "../core/errors.js";
import type { JobSpecJson } from "../core/job/schema.js";
import { type PreparedJob, prepareJob } from "../core/job/spec.js";
import { parseCron } from "../core/schedule/cron.js";
import { localZone } from "../core/schedule/local-zone.js";
import {
  CATCHUPS,
  type Catchup,
  checkScheduleName,
  OVERLAPS,
  type Overlap,
  planTicks,
  type Schedule,
  type Tick,
  waitsTooLong,
} from "../core/schedule/schedule.js";
import { nextTick, type Timetable, ticksAfter } from "../core/schedule/ticks.js";
import { checkZone } from "../core/schedule/zone.js";
import { prepareContext } from "../home/working-directory.js";
import type { Firing } from "../store/contract/schedule-store.js";
import type { Store } from "../store/contract/store.js";
import { NoSuchScheduleError } from "../store/errors.js";
import { Policies } from "./policies.js";

/** The description of a schedule, with JSON's keys for its job. Missing values have defaults. */
export interface NewScheduleJson {
  readonly name: string;
  readonly cron: string;
  /** Whether the expression has six fields, seconds first. */
  readonly seconds?: boolean;
  /** Default: the current zone of this machine. */
  readonly zone?: string;
  /** Default `skip`: a job that takes longer than its interval does not pile up. */
  readonly overlap?: Overlap;
  /** Default `latest`: if the machine was off, one job makes up for the missed times. */
  readonly catchup?: Catchup;
  readonly job: Omit<JobSpecJson, (typeof ONE_JOB_ONLY)[number]>;
}

/** Checked for callers without a type checker. */
const TYPES = { cron: "string", zone: "string", job: "object" };

/** Keys that make no sense for a repeated job. */
const ONE_JOB_ONLY = ["id", "ref", "run_at", "after", "on_unmet"] as const;

export class ScheduleBook {
  readonly #store: Store;
  readonly #policies: Policies;

  constructor(store: Store) {
    this.#store = store;
    this.#policies = new Policies(store);
  }

  /**
   * @throws UsageError if it can never be due, or is otherwise wrong @throws NoSuchPolicyError @throws
   * ScheduleExistsError
   */
  async add(given: NewScheduleJson, options: { readonly replace?: boolean } = {}): Promise<Schedule> {
    for (const [name, type] of Object.entries(TYPES)) {
      const value: unknown = given[name as keyof NewScheduleJson];
      if (typeof value !== type && !(name === "zone" && value === undefined))
        throw new UsageError(`"${name}" of a schedule is ${JSON.stringify(value)}: it must be of type ${type}`);
    }
    const { cron, seconds = false } = given;
    const name = checkScheduleName(given.name);
    const overlap = checkWord("overlap", given.overlap ?? "skip", OVERLAPS);
    const catchup = checkWord("catchup", given.catchup ?? "latest", CATCHUPS);
    const zone = given.zone === undefined ? localZone() : checkZone(given.zone);
    const nextAt = nextTick({ ...parseCron(cron, seconds), zone }, this.#store.clock.now());
    if (nextAt === null)
      throw new UsageError(`--cron is ${JSON.stringify(cron)}, which matches no date`, "look at its day and month");
    const [unfit] = ONE_JOB_ONLY.filter((key) => key in given.job);
    if (unfit !== undefined) throw new UsageError(`the job of a schedule cannot have "${unfit}"`, "leave it out");
    // A mistake in the job is found now, and not when it is due.
    const { cwd } = await this.#prepareOne(given.job, name);
    const job = { ...given.job, cwd };
    return this.#store.schedules.add({ name, cron, seconds, zone, overlap, catchup, job }, nextAt, options);
  }

  /** @throws NoSuchScheduleError with the nearest known name */
  async get(name: string): Promise<Schedule> {
    return (await this.#store.schedules.get(name)) ?? (await this.#unknown(name));
  }

  list(): Promise<Schedule[]> {
    return this.#store.schedules.list();
  }

  /** Newest first. */
  ticks(name: string, limit: number): Promise<Tick[]> {
    return this.#store.schedules.ticks(name, limit);
  }

  /** The next times at which it is due, paused or not. */
  async next(name: string, count: number): Promise<number[]> {
    const ticks: number[] = [];
    for (const tick of ticksAfter(timetableOf(await this.get(name)), this.#store.clock.now())) {
      if (ticks.push(tick) === count) break;
    }
    return ticks;
  }

  async pause(name: string): Promise<Schedule> {
    return (await this.#store.schedules.pause(name)) ?? (await this.#unknown(name));
  }

  /** Times that were missed during the pause are not made up for. */
  async resume(name: string): Promise<Schedule> {
    const nextAt = nextTick(timetableOf(await this.get(name)), this.#store.clock.now());
    return (await this.#store.schedules.resume(name, nextAt)) ?? (await this.#unknown(name));
  }

  async remove(name: string): Promise<void> {
    if (!(await this.#store.schedules.remove(name))) await this.#unknown(name);
  }

  /** Enqueues its job now. That is no tick. */
  async run(name: string): Promise<Tick> {
    const { job } = await this.get(name);
    const prepared = await this.#prepareOne(job, name);
    return (await this.#store.schedules.run(name, prepared)) ?? (await this.#unknown(name));
  }

  /** Fires the due ticks. Resolves to the recorded ones. */
  async fire(schedule: Schedule): Promise<Tick[]> {
    if (schedule.nextAt === null) return [];
    const { name, catchup, nextAt } = schedule;
    const plan = planTicks(timetableOf(schedule), catchup, nextAt, this.#store.clock.now());
    const jobs = await this.#prepare(schedule.job, name, plan.ticks);
    const ticks = jobs.map((job, i) => ({ at: plan.ticks[i] as number, job }));
    return this.#store.schedules.fire(schedule, { ...plan, ticks });
  }

  /** After the clock was put back: the schedule does not wait for a time of the fast clock. */
  async setRight(schedule: Schedule): Promise<void> {
    const now = this.#store.clock.now();
    const timetable = timetableOf(schedule);
    if (schedule.nextAt === null || !waitsTooLong(timetable, schedule.nextAt, now)) return;
    const nothing: Firing = { ticks: [], nextAt: nextTick(timetable, now), mayWait: false };
    await this.#store.schedules.fire(schedule, nothing);
  }

  /** One job for each time. */
  async #prepare(spec: JobSpecJson, name: string, times: readonly number[]): Promise<readonly PreparedJob[]> {
    const now = this.#store.clock.now();
    const context = prepareContext({ now: () => now });
    const jobs = times.map((at) => {
      const job = prepareJob(spec, context);
      return { ...job, options: { ...job.options, schedule: { name, at } } };
    });
    return this.#policies.apply(jobs);
  }

  async #prepareOne(spec: JobSpecJson, name: string): Promise<PreparedJob> {
    const [job] = await this.#prepare(spec, name, [this.#store.clock.now()]);
    return job as PreparedJob;
  }

  async #unknown(name: string): Promise<never> {
    const known = (await this.list()).map((schedule) => schedule.name);
    throw new NoSuchScheduleError(name, known);
  }
}

function checkWord<Word extends string>(what: string, word: Word, known: readonly Word[]): Word {
  if (known.includes(word)) return word;
  throw new UsageError(`the ${what} cannot be ${JSON.stringify(word)}`, `give one of ${known.join(", ")}`);
}

function timetableOf({ cron, seconds, zone }: Schedule): Timetable {
  return { ...parseCron(cron, seconds), zone };
}
