/** What the steps of `conditions-model.test.ts` share. */
import fc from "fast-check";
import type { ClaimedJob, Store } from "../../src/store/contract/store.js";
import type { ManualClock } from "../store/harness.js";
import type { ScheduleModel } from "./schedule-model.js";

export interface World {
  readonly store: Store;
  readonly clock: ManualClock;
  /** All jobs that there are, but for those of schedules. */
  readonly ids: string[];
  /** How many ids have been given to jobs, deleted ones too. */
  made: number;
  readonly scheduled: string[];
  readonly held: ClaimedJob[];
  /** Starts of the queue with a rate. */
  readonly starts: { readonly at: number; readonly fence: number }[];
  /** Revived by hand: they run whatever they waited for. */
  readonly waived: Set<string>;
  /** Cancelled with others, and not to run again unless somebody says so. */
  readonly cancelled: Set<string>;
  /** Revived together: the child is not to run before the parent has ended. */
  behind: { readonly child: string; readonly parent: string }[];
  readonly schedules: ScheduleModel;
}

export interface NamedStep {
  readonly name: string;
  step(world: World): Promise<void>;
}

/** For {@link of}. */
export const pick = fc.nat({ max: 30 });

export const of = <T>(list: readonly T[], which: number): T | undefined => list[which % Math.max(1, list.length)];

/** fast-check prints the name. */
export function readable(step: NamedStep): NamedStep {
  return Object.defineProperty({ ...step }, fc.toStringMethod, { value: () => step.name, enumerable: false });
}
