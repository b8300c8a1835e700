/**
 * A row of the table: what was measured, what it is compared with, and the target. `judged` is the number that the target
 * is about; a row without a target is there to be looked at.
 */
import { median } from "./measure.js";

export const atLeast = (limit) => ({ text: `≥ ${limit} ×`, holds: (value) => value >= limit });
export const moreThan = (limit) => ({ text: `> ${limit} ×`, holds: (value) => value > limit });
export const atMost = (limit, unit = "×") => ({ text: `≤ ${limit} ${unit}`, holds: (value) => value <= limit });

/** A number beside another, by the ratios of the rounds. */
export function compared(what, { ours, other, ratios, target, show }) {
  const ratio = median(ratios);
  const range = ratios.length > 1 ? ` (${figure(Math.min(...ratios))}–${figure(Math.max(...ratios))})` : "";
  const comparison = `${other.name}: ${show(median(other.values))}`;
  return {
    what,
    ours: show(median(ours)),
    other: comparison,
    ratio: `${figure(ratio)}${range}`,
    ...judged(ratio, target),
  };
}

/** A number on its own. */
export function alone(what, { value, target, show }) {
  return { what, ours: show(value), other: "", ratio: "", ...judged(value, target) };
}

function judged(value, target) {
  if (target === undefined) return { target: "", verdict: "" };
  return { target: target.text, verdict: target.holds(value) ? "met" : "**missed**" };
}

const figure = (number) => (number < 10 ? number.toFixed(2) : number.toFixed(0));

export const perSecond = (number) => `${Math.round(number).toLocaleString("en")} /s`;
export const milliseconds = (ms) => {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 10 ? `${ms.toFixed(2)} ms` : `${Math.round(ms).toLocaleString("en")} ms`;
};
export const microseconds = (ms) => `${Math.round(ms * 1000).toLocaleString("en")} µs`;
export const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
