/**
 * Numbers from repeated runs. The machine is never quiet, so what is compared is run in turns (A B C, B C A, …) and compared
 * within each round; what is reported is the median of the rounds, with the lowest and the highest beside it.
 */
import { progress } from "./progress.js";

/** Runs every variant once a round. Resolves to its values, in the order of the rounds. */
export async function inTurns(rounds, variants) {
  const names = Object.keys(variants);
  const values = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      progress(`round ${round + 1} of ${rounds}: ${name}`);
      values[name].push(await variants[name]());
    }
  }
  return values;
}

export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Of two series from the same rounds. */
export function ratios(ours, others) {
  return ours.map((value, round) => value / others[round]);
}

export async function until(probe, pauseMs = 5) {
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    await new Promise((resume) => setTimeout(resume, pauseMs));
  }
}
