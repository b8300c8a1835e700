/** Reads the flags that choose among jobs. */
import { UsageError } from "../../core/errors.js";
import { type JobState, STATES } from "../../core/job/state.js";
import { stateHint } from "../../core/job/state-names.js";
import type { JobOrder } from "../../queue/jobs/filter.js";
import { oneOf } from "./one-of.js";

/** The JSON keys of moments are called so in a list of orders. */
const KEYS: Readonly<Record<string, string>> = { created_at: "created", updated_at: "updated", id: "created" };

const ORDERS = { created: "created", updated: "updated", run_at: "runAt", priority: "priority" } as const;

/** Values of `--sort`. */
export const SORT_KEYS = ["created", "updated", "run_at", "priority"] as const;

/** From `--state a --state b,c`. @throws UsageError naming the nearest state */
export function jobStates(given: readonly string[]): JobState[] {
  return given.flatMap((text) => text.split(",")).map((text) => jobState(text.trim().toLowerCase()));
}

function jobState(text: string): JobState {
  const state = STATES.find((one) => one === text);
  if (state !== undefined) return state;
  throw new UsageError(`--state cannot be ${JSON.stringify(text)}`, stateHint(text));
}

/** @throws UsageError naming the nearest order */
export function jobOrder(text: string): JobOrder {
  const key = text.toLowerCase().replaceAll("-", "_");
  return ORDERS[oneOf(Object.hasOwn(KEYS, key) ? (KEYS[key] ?? key) : key, "--sort", SORT_KEYS)];
}
