/** What the steps of `conditions-model.test.ts` share. */
import fc from "fast-check";
import type { ClaimedJob, Store } from "../../src/store/store.js";
import type { ManualClock } from "../store/harness.js";
import type { ScheduleModel } from "./schedule-model.js";

export interface World {
  readonly store: Store;
  readonly clock: ManualClock;
  /** All jobs that there are, but for those of schedules. */
  readonly ids: string[];
  readonly scheduled: string[];
  readonly held: ClaimedJob[];
  readonly starts: number[];
  /** Revived by hand: they run whatever they waited for. */
  readonly waived: Set<string>;
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
