/** Values that occur in several kinds of JSON. */
import { isoTime } from "../core/text/time.js";
import { exactJson } from "./exact.js";

export function timeToJson(ms: number): string;
export function timeToJson(ms: number | null): string | null;
export function timeToJson(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}

/** A job's result as a value. */
export function resultToJson(json: string | null): unknown {
  return json === null ? null : exactJson(json);
}

/** A duration in milliseconds, in the unit in which `enqueue` reads a number. */
export function secondsToJson(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
