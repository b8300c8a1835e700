/** Values that several things which are printed as JSON have in common. */
import { isoTime } from "../core/text/time.js";
import { exactJson } from "./exact.js";

export function timeToJson(ms: number): string;
export function timeToJson(ms: number | null): string | null;
export function timeToJson(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}

/** What a job wrote as its result, as a value. */
export function resultToJson(json: string | null): unknown {
  return json === null ? null : exactJson(json);
}

/** A duration in milliseconds, in the unit in which `enqueue` reads a number. */
export function secondsToJson(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
