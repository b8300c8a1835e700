/** The role of the store that keeps schedules and fires them; a part of the contract in `store.ts`. */
import type { PreparedJob as NewJob } from "../../core/job/spec.js";
import type { Schedule, ScheduleSpec, Tick } from "../../core/schedule/schedule.js";

/** A tick that is to be fired. */
export interface DueTick {
  readonly at: number;
  readonly job: NewJob;
}

export interface Firing {
  /** Oldest first. */
  readonly ticks: readonly DueTick[];
  readonly nextAt: number | null;
  /** None is skipped: where the schedule would, each job waits for the one before it. */
  readonly mayWait: boolean;
}

export interface ScheduleStore {
  /** With `replace`, one of the same name keeps its pause, its ticks and its age, and what is due if the times are the same. @throws ScheduleExistsError */
  add(spec: ScheduleSpec, nextAt: number | null, options?: { readonly replace?: boolean }): Promise<Schedule>;
  get(name: string): Promise<Schedule | null>;
  /** By name. */
  list(): Promise<Schedule[]>;
  /** What came of a schedule's ticks, newest first. Not all are kept. */
  ticks(name: string, limit: number): Promise<Tick[]>;
  /** With its ticks; its jobs stay. False: there is none. */
  remove(name: string): Promise<boolean>;
  /** Null: there is none. One that is paused is never due. */
  pause(name: string): Promise<Schedule | null>;
  /** `nextAt` is set only if it was paused, so that what was due meanwhile is not. Null: there is none. */
  resume(name: string, nextAt: number | null): Promise<Schedule | null>;
  /** The ones that are not paused and whose next tick has come. */
  due(): Promise<Schedule[]>;
  /** The schedule that is due next, or has been for longest. */
  nextDue(): Promise<Schedule | null>;
  /**
   * Enqueues the jobs of due ticks, records what came of each, and moves the schedule on, all in one transaction. Resolves to
   * what was recorded: nothing if the schedule is not as it was read, since somebody else was faster; and never a second time
   * for the same tick.
   */
  fire(schedule: Schedule, firing: Firing): Promise<Tick[]>;
  /** Enqueues its job now. Null: there is no such schedule. @throws JobConflictError @throws QueueFullError */
  run(name: string, job: NewJob): Promise<Tick | null>;
}
