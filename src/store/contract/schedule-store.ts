/** The role of the store that keeps schedules and fires them; a part of the contract in `store.ts`. */
import type { PreparedJob as NewJob } from "../../core/job/spec.js";
import type { Schedule, ScheduleSpec, Tick } from "../../core/schedule/schedule.js";

/** A tick to fire. */
export interface DueTick {
  readonly at: number;
  readonly job: NewJob;
}

export interface Firing {
  /** Oldest first. */
  readonly ticks: readonly DueTick[];
  readonly nextAt: number | null;
  /** If the schedule would skip a tick, its job waits for the one before instead. */
  readonly mayWait: boolean;
}

export interface ScheduleStore {
  /**
   * With `replace`, a schedule of the same name keeps its pause, its ticks and its age. If the times are the same, its
   * due ticks stay due.
   * @throws ScheduleExistsError
   */
  add(spec: ScheduleSpec, nextAt: number | null, options?: { readonly replace?: boolean }): Promise<Schedule>;
  get(name: string): Promise<Schedule | null>;
  /** By name. */
  list(): Promise<Schedule[]>;
  /** Recorded ticks of a schedule, newest first. Old ones are dropped. */
  ticks(name: string, limit: number): Promise<Tick[]>;
  /** Removes its ticks too; its jobs stay. False: there is no such schedule. */
  remove(name: string): Promise<boolean>;
  /** Null: there is no such schedule. A paused schedule is never due. */
  pause(name: string): Promise<Schedule | null>;
  /** `nextAt` is set only if it was paused, so that the missed ticks are not due. Null: there is no such schedule. */
  resume(name: string, nextAt: number | null): Promise<Schedule | null>;
  /** Schedules that are not paused and whose next tick has come. */
  due(): Promise<Schedule[]>;
  /** The schedule that is due next, or has been due longest. */
  nextDue(): Promise<Schedule | null>;
  /**
   * Enqueues the jobs of due ticks, records each tick, and moves the schedule on, all in one transaction. Resolves to
   * the recorded ticks. Empty: the schedule has changed since it was read, since another process was faster. A tick is
   * never fired twice.
   */
  fire(schedule: Schedule, firing: Firing): Promise<Tick[]>;
  /** Enqueues its job now. Null: there is no such schedule. @throws JobConflictError @throws QueueFullError */
  run(name: string, job: NewJob): Promise<Tick | null>;
}
