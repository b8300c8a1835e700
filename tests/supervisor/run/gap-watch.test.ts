import { beforeEach, expect, it } from "vitest";
import { GapWatch } from "../../../supervisor/run/gap-watch.js";

let now = 0;
let watch: GapWatch;
beforeEach(() => {
  now = 1000;
  watch = new GapWatch({ monotonic: () => now });
});

it.each<[string, readonly number[], number]>([
  ["looks each second", [2000, 3000, 4000], Number.NEGATIVE_INFINITY],
  ["a late look on a loaded host", [2000, 5500, 6000], Number.NEGATIVE_INFINITY],
  ["a gap", [2000, 16_000, 17_000], 16_000],
  ["two gaps", [16_000, 17_000, 41_000, 42_000], 41_000],
])("%s", (_, looks, resumedAt) => {
  for (const at of looks) {
    now = at;
    watch.look();
  }
  expect(watch.resumedAt()).toBe(resumedAt);
});
