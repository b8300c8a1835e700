/** Reads the flags that choose among jobs. */
import { type JobState, STATES } from "../../core/job/state.js";
import type { JobOrder } from "../../queue/jobs/filter.js";
import { oneOf } from "./one-of.js";

const ORDERS = { created: "created", updated: "updated", run_at: "runAt", priority: "priority" } as const;

/** Values of `--sort`. */
export const SORT_KEYS = ["created", "updated", "run_at", "priority"] as const;

/** From `--state a --state b,c`. @throws UsageError naming the nearest state */
export function jobStates(given: readonly string[]): JobState[] {
  return given.flatMap((text) => text.split(",")).map((text) => oneOf(text.trim().toLowerCase(), "--state", STATES));
}

/** @throws UsageError naming the nearest order */
export function jobOrder(text: string): JobOrder {
  return ORDERS[oneOf(text.toLowerCase().replaceAll("-", "_"), "--sort", SORT_KEYS)];
}
