/**
 * What should come of schedules, foretold without any of the code that fires them: their ticks are the multiples of a period,
 * and what each of them should come to follows from the jobs that there are.
 */
import { expect } from "vitest";
import type { Job } from "../../src/core/job/job.js";
import type { JobSpecJson } from "../../src/core/job/schema.js";
import { isTerminal } from "../../src/core/job/state.js";
import type { Catchup, Overlap, Schedule, Tick } from "../../src/core/schedule/schedule.js";
import { ScheduleBook } from "../../src/queue/schedule-book.js";
import type { Store } from "../../src/store/contract/store.js";
import type { ManualClock } from "../store/harness.js";

const LATE_MS = 60_000;

export interface ScheduleRequest {
  readonly periodMs: number;
  readonly overlap: Overlap;
  readonly catchup: Catchup;
  readonly job: Pick<JobSpecJson, "queue" | "unique" | "on_conflict" | "limit_key" | "limit">;
}

interface Expected extends ScheduleRequest {
  paused: boolean;
  nextAt: number;
  /** Changes whenever what somebody has read of it holds no more, except by firing. */
  edition: number;
  /** Of its ticks and of `run`, oldest first. */
  readonly jobs: string[];
  /** Somebody had one of its jobs run beside the others; until all have ended, they may run at the same time. */
  loose: boolean;
}

/** A schedule as a supervisor has read it, which may fire it much later, when it is not like that any more. */
interface Reading {
  readonly schedule: Schedule;
  readonly edition: number;
}

export class ScheduleModel {
  readonly #real: ScheduleBook;
  readonly #store: Store;
  readonly #clock: ManualClock;
  readonly #expected = new Map<string, Expected>();
  readonly #fired = new Set<string>();
  #editions = 0;
  readings: readonly Reading[] = [];

  constructor(store: Store, clock: ManualClock) {
    this.#real = new ScheduleBook(store);
    this.#store = store;
    this.#clock = clock;
  }

  async put(name: string, request: ScheduleRequest): Promise<void> {
    const { periodMs, overlap, catchup } = request;
    const job = { ...request.job, command: "true", cwd: "/" };
    const cron = `*/${periodMs / 1000} * * * * *`;
    await this.#real.add({ name, cron, seconds: true, zone: "UTC", overlap, catchup, job }, { replace: true });
    const before = this.#expected.get(name);
    const { paused = false, jobs = [], loose = false } = before ?? {};
    // What is due stays so while the times are the same.
    const nextAt = before?.periodMs === periodMs ? before.nextAt : this.#next(periodMs);
    this.#expected.set(name, {
      ...request,
      paused,
      jobs,
      loose,
      nextAt,
      edition: this.#editions++,
    });
  }

  async remove(name: string): Promise<void> {
    // It is by the time of a change that one who has read a schedule before can tell.
    this.#clock.advance(1);
    expect(await this.#store.schedules.remove(name)).toBe(this.#expected.delete(name));
  }

  async pause(name: string): Promise<void> {
    const schedule = this.#expected.get(name);
    if (schedule === undefined || schedule.paused) return;
    await this.#real.pause(name);
    Object.assign(schedule, { paused: true, edition: this.#editions++ });
  }

  async resume(name: string): Promise<void> {
    const schedule = this.#expected.get(name);
    if (schedule === undefined || !schedule.paused) return;
    await this.#real.resume(name);
    Object.assign(schedule, { paused: false, nextAt: this.#next(schedule.periodMs), edition: this.#editions++ });
  }

  /** Resolves to its job, unless that is refused. */
  async run(name: string): Promise<string | null> {
    const schedule = this.#expected.get(name);
    if (schedule === undefined) return null;
    const { job } = await this.#real.run(name);
    if (job !== null) schedule.jobs.push(job);
    if (schedule.overlap === "skip") schedule.loose = true;
    return job;
  }

  /** What a supervisor does first. */
  async look(): Promise<void> {
    const now = this.#clock.now();
    const due = await this.#store.schedules.due();
    const expected = [...this.#expected].filter(([, { paused, nextAt }]) => !paused && nextAt <= now);
    expect(new Set(due.map(({ name }) => name))).toEqual(new Set(expected.map(([name]) => name)));
    this.readings = due.map((schedule) => ({ schedule, edition: this.#expected.get(schedule.name)?.edition ?? -1 }));
  }

  /** What it does next, however late, and however often somebody else has done it. Resolves to the jobs that came. */
  async fire({ schedule, edition }: Reading): Promise<string[]> {
    const expected = this.#expected.get(schedule.name);
    const before = await this.#store.jobs.list({});
    const ticks = await this.#real.fire(schedule);
    if (expected?.edition !== edition || expected.nextAt !== schedule.nextAt) {
      expect(ticks).toEqual([]);
      expect(await this.#store.jobs.list({})).toEqual(before);
      return [];
    }
    const foretold = this.#foretell(expected, before);
    expect(ticks.map(({ at, outcome }) => ({ at, outcome }))).toEqual(foretold);
    expected.nextAt = this.#next(expected.periodMs);
    return this.#check(schedule.name, expected, ticks, before.length);
  }

  /** One after another, says whoever does not allow an overlap. */
  checkOverlaps(jobs: readonly Job[], waived: ReadonlySet<string>): void {
    const unfinished = new Map(jobs.filter(({ state }) => !isTerminal(state)).map((job) => [job.id, job]));
    for (const [name, schedule] of this.#expected) {
      const mine = schedule.jobs.flatMap((id) => unfinished.get(id) ?? []);
      if (mine.length === 0) schedule.loose = false;
      if (mine.some(({ id }) => waived.has(id))) schedule.loose = true;
      if (schedule.loose || schedule.overlap === "allow") continue;
      const free = mine.filter(({ state }) => state !== "blocked").map(({ id }) => id);
      expect(free.length, `${name} may run all of ${free}`).toBeLessThanOrEqual(1);
    }
  }

  async #check(name: string, expected: Expected, ticks: readonly Tick[], countBefore: number): Promise<string[]> {
    const ids: string[] = [];
    for (const { at, job: id, outcome } of ticks) {
      expect(this.#fired.has(`${name} ${at}`), `${name} at ${at}, again`).toBe(false);
      this.#fired.add(`${name} ${at}`);
      if (outcome !== "fired") continue;
      const job = await this.#store.jobs.get(id ?? "");
      expect(job?.options.schedule).toEqual({ name, at });
      ids.push(id ?? "");
    }
    expect(await this.#store.jobs.list({})).toHaveLength(countBefore + ids.length);
    expected.jobs.push(...ids);
    return ids;
  }

  #foretell(schedule: Expected, jobs: readonly Job[]): { at: number; outcome: Tick["outcome"] }[] {
    const { nextAt, periodMs, catchup, overlap } = schedule;
    const { unique, on_conflict: onConflict = "reject" } = schedule.job;
    const now = this.#clock.now();
    const all: number[] = [];
    for (let at = nextAt; at <= now; at += periodMs) all.push(at);
    const late = catchup === "all" ? all : all.filter((at) => at >= now - LATE_MS);
    const due = late.length === 0 && catchup === "latest" ? all.slice(-1) : late;
    const mayWait = overlap !== "skip" || (catchup === "all" && now - nextAt > LATE_MS);

    const unfinished = new Map(jobs.flatMap((job) => (isTerminal(job.state) ? [] : [[job.id, job] as const])));
    const mine = new Set(schedule.jobs.filter((id) => unfinished.has(id)));
    let holder = jobs.find((job) => job.uniqueKey === unique && unique && unfinished.has(job.id))?.id;
    return due.map((at) => {
      if (mine.size > 0 && !mayWait) return { at, outcome: "skipped" };
      if (unique && holder !== undefined) {
        if (onConflict !== "replace" || unfinished.get(holder)?.state === "processing")
          return { at, outcome: "refused" };
        mine.delete(holder);
      }
      const id = `tick ${at}`;
      mine.add(id);
      if (unique) holder = id;
      return { at, outcome: "fired" };
    });
  }

  #next(periodMs: number): number {
    return (Math.floor(this.#clock.now() / periodMs) + 1) * periodMs;
  }
}
