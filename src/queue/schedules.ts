/**
 * Schedules as their users see them: jobs that are enqueued by the clock. The book of schedules is loaded on demand.
 */
import type { Catchup, Overlap, Schedule as StoredSchedule, Tick } from "../core/schedule/schedule.js";
import type { Store } from "../store/contract/store.js";
import type { CommandLine, JobTemplate } from "./jobs/spec.js";
import { fromJson, inLibrarySpelling, toJson } from "./jobs/spelling.js";
import { checkOptions } from "./options.js";
import type { NewScheduleJson, ScheduleBook } from "./schedule-book.js";

/** A new schedule. A missing key has its default. */
export interface NewSchedule {
  /** 1 to 100 letters, digits and `_ . @ + -`. */
  readonly name: string;
  /** `minute hour day month weekday`, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. */
  readonly cron: string;
  /** Whether the expression has six fields, seconds first. Default false. */
  readonly seconds?: boolean;
  /** Time zone of the expression: `Europe/Berlin`. Default: the current zone of this machine. */
  readonly zone?: string;
  /** While its last job has not ended: leave the time out (`skip`, default), wait for that job (`queue`), or run beside it (`allow`). */
  readonly overlap?: Overlap;
  /** Times that no supervisor was running for: `none`, the `latest` (default), or `all`, 1000 at most. */
  readonly catchup?: Catchup;
  readonly job: JobTemplate;
}

/** A schedule as it is stored. */
export interface Schedule {
  readonly name: string;
  /** As typed. */
  readonly cron: string;
  /** Whether the expression has six fields, seconds first. */
  readonly seconds: boolean;
  readonly zone: string;
  readonly overlap: Overlap;
  readonly catchup: Catchup;
  readonly paused: boolean;
  /** The first time that was not dealt with. Null: there will be none. */
  readonly nextAt: number | null;
  /** The job that it enqueued last; it may have been deleted. Null: none yet. */
  readonly lastJob: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The job to enqueue, with an absolute directory. */
  readonly job: JobTemplate;
  /** The same with the keys of JSON, as it was given. */
  readonly jobJson: { readonly command: CommandLine } & Readonly<Record<string, unknown>>;
}

export interface AddScheduleOptions {
  /** Replaces the schedule with this name. If the times are the same, due times stay due. */
  readonly replace?: boolean;
}

const KEYS = ["name", "cron", "seconds", "zone", "overlap", "catchup", "job"];

export class Schedules {
  readonly #store: Store;

  /** @internal */
  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * ```ts
   * await client.schedules.add({ name: "backup", cron: "30 2 * * *", job: { command: "./backup.sh" } });
   * ```
   * @throws UsageError if it can never be due, or is otherwise wrong
   * @throws NoSuchPolicyError @throws ScheduleExistsError
   */
  async add(given: NewSchedule, options: AddScheduleOptions = {}): Promise<Schedule> {
    checkOptions("schedules.add", given, KEYS);
    checkOptions("schedules.add", options, ["replace"]);
    const book = await this.#book();
    try {
      const job = toJson(given.job, "job") as NewScheduleJson["job"];
      return toSchedule(await book.add({ ...given, job }, options));
    } catch (error) {
      throw inLibrarySpelling(error);
    }
  }

  /** @throws NoSuchScheduleError with the nearest known name */
  async get(name: string): Promise<Schedule> {
    return toSchedule(await (await this.#book()).get(name));
  }

  /** By name. */
  async list(): Promise<Schedule[]> {
    return (await this.#store.schedules.list()).map(toSchedule);
  }

  /** Its past times with their outcomes, newest first. Old ones are dropped. */
  ticks(name: string, limit: number): Promise<Tick[]> {
    return this.#store.schedules.ticks(name, limit);
  }

  /**
   * The next times at which it is due, paused or not, in milliseconds since the epoch.
   * @throws NoSuchScheduleError
   */
  async next(name: string, count: number): Promise<number[]> {
    return (await this.#book()).next(name, count);
  }

  /** @throws NoSuchScheduleError */
  async pause(name: string): Promise<Schedule> {
    return toSchedule(await (await this.#book()).pause(name));
  }

  /** Times that were missed during the pause are not made up for. @throws NoSuchScheduleError */
  async resume(name: string): Promise<Schedule> {
    return toSchedule(await (await this.#book()).resume(name));
  }

  /** Its jobs stay. @throws NoSuchScheduleError */
  async remove(name: string): Promise<void> {
    await (await this.#book()).remove(name);
  }

  /** Enqueues its job now, besides its times. @throws NoSuchScheduleError */
  async run(name: string): Promise<Tick> {
    return (await this.#book()).run(name);
  }

  async #book(): Promise<ScheduleBook> {
    const { ScheduleBook } = await import("./schedule-book.js");
    return new ScheduleBook(this.#store);
  }
}

export function toSchedule(stored: StoredSchedule): Schedule {
  return { ...stored, job: fromJson(stored.job) as unknown as JobTemplate, jobJson: stored.job };
}
