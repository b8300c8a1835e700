/** Reads the flags that choose among jobs. */
import { type JobState, STATES } from "../../core/job/state.js";
import { JOB_ORDERS, type JobOrder } from "../../store/contract/store.js";
import { oneOf } from "./values.js";

/** From `--state a --state b,c`. @throws UsageError naming the nearest state */
export function jobStates(given: readonly string[]): JobState[] {
  return given.flatMap((text) => text.split(",")).map((text) => oneOf(text.trim().toLowerCase(), "--state", STATES));
}

/** @throws UsageError naming the nearest order */
export function jobOrder(text: string): JobOrder {
  return oneOf(text.toLowerCase().replaceAll("-", "_"), "--sort", JOB_ORDERS);
}
