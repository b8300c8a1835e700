/**
 * Fires schedules: sleeps until the next one is due, or until a write to the database, which may have changed one. It
 * runs apart from the actor, which must not wait for it. If a step fails, it is tried again.
 *
 * The wall clock may jump at any time. Forward: a sleep never lasts longer than half a minute, and ticks that were
 * passed over count as missed. Back: the monotonic clock shows it, and then a schedule that would wait far too long is
 * set right.
 */
import type { Schedule } from "../../src/core/schedule/schedule.js";
import { type Logger, storeTrouble } from "../../src/observe/log.js";
import { ticked } from "../../src/observe/schedule-log.js";
import { ScheduleBook } from "../../src/queue/schedule-book.js";
import type { Store } from "../../src/store/contract/store.js";
import type { ChangeKind } from "../../src/store/contract/wake-ups.js";
import { failpoint } from "../../src/system/failpoint.js";

const LONGEST_SLEEP_MS = 30_000;
/** Pause between two looks even if writes go on: the workers of a busy queue write all the time. Milliseconds. */
const SHORTEST_SLEEP_MS = 500;
const AFTER_TROUBLE_MS = 1000;
const CLOCK_DRIFT_MS = 60_000;

export interface SchedulingDependencies {
  readonly store: Store;
  readonly log: Logger;
}

export class Scheduling {
  readonly #deps: SchedulingDependencies;
  readonly #schedules: ScheduleBook;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** Wall time less monotonic time at the last look. Null: set every schedule right first. */
  #drift: number | null = null;

  constructor(deps: SchedulingDependencies) {
    this.#deps = deps;
    this.#schedules = new ScheduleBook(deps.store);
  }

  start(): void {
    this.#running = this.#run(this.#stopping.signal);
  }

  /** Resolves when the current transaction is done. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let wait = AFTER_TROUBLE_MS;
      try {
        await this.#lookAtClock();
        wait = await this.#fireDue();
      } catch (error) {
        storeTrouble(this.#deps.log, "firing schedules", error);
      }
      await this.#sleep(Math.min(wait, SHORTEST_SLEEP_MS), false);
      if (wait > SHORTEST_SLEEP_MS) await this.#sleep(wait - SHORTEST_SLEEP_MS, true);
    }
  }

  async #lookAtClock(): Promise<void> {
    const drift = this.#driftNow();
    if (this.#drift === null || drift < this.#drift - CLOCK_DRIFT_MS) {
      const schedules = await this.#deps.store.schedules.list();
      await this.#each(schedules, "checking the time of", (schedule) => this.#schedules.setRight(schedule));
    }
    this.#drift = drift;
  }

  #driftNow(): number {
    const { clock } = this.#deps.store;
    return clock.now() - clock.monotonic();
  }

  /** Resolves to the time until a schedule is due, in milliseconds. */
  async #fireDue(): Promise<number> {
    const { store, log } = this.#deps;
    const trouble = await this.#each(await store.schedules.due(), "firing", async (schedule) => {
      const ticks = await this.#schedules.fire(schedule);
      if (ticks.length > 0) failpoint("fired-unannounced");
      for (const tick of ticks) ticked(log, schedule.name, tick);
    });
    // The ticks just fired may have been due by a clock that was put forward since the look.
    this.#drift = Math.max(this.#drift ?? Number.NEGATIVE_INFINITY, this.#driftNow());
    if (trouble) return AFTER_TROUBLE_MS;
    const nextAt = (await store.schedules.nextDue())?.nextAt ?? Number.POSITIVE_INFINITY;
    return Math.min(Math.max(0, nextAt - store.clock.now()), LONGEST_SLEEP_MS);
  }

  /** A schedule in trouble does not hold up the others. Resolves to whether one was in trouble. */
  async #each(schedules: readonly Schedule[], what: string, act: (of: Schedule) => Promise<void>): Promise<boolean> {
    let trouble = false;
    for (const schedule of schedules) {
      if (this.#stopping.signal.aborted) break;
      try {
        await act(schedule);
      } catch (error) {
        trouble = true;
        storeTrouble(this.#deps.log, `${what} the schedule ${schedule.name}`, error);
      }
    }
    return trouble;
  }

  /** @param wakes whether a write ends the sleep */
  #sleep(ms: number, wakes: boolean): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stopListening();
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      const changed = (about: readonly ChangeKind[]) => about.includes("settings") && done();
      const stopListening = wakes ? this.#deps.store.onWork(changed) : () => {};
      signal.addEventListener("abort", done);
    });
  }
}
